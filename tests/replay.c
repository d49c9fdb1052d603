/* Replays fuzz corpora without a fuzzer: each argument is a file, or a folder of files, given once
 * to the target this program is linked with, after 2,000 pseudo-random inputs, so that a target
 * without a corpus runs too. Every input ends at an unreadable page. Ends with "N passed, N
 * failed"; a finding is a crash, as in the fuzzer. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz.h"

#define INPUT_MAX (1u << 20)

/* An input for the target, kept in front of a guard page. */
struct guarded {
    uint8_t *end;
    size_t page;
};

static uint8_t file_bytes[INPUT_MAX];

static void run(const struct guarded *g, const uint8_t *data, size_t len)
{
    uint8_t *start = g->end - len;
    if (len != 0) {
        memcpy(start, data, len);
    }
    (void)LLVMFuzzerTestOneInput(start, len);
}

static size_t replay_file(const struct guarded *g, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "replay: cannot open %s\n", path);
        exit(2);
    }
    size_t len = fread(file_bytes, 1, sizeof(file_bytes), file);
    (void)fclose(file);
    run(g, file_bytes, len);
    return 1;
}

static size_t replay_path(const struct guarded *g, const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return replay_file(g, path);
    }
    size_t count = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            char child[4096];
            (void)snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
            count += replay_file(g, child);
        }
    }
    (void)closedir(dir);
    return count;
}

static size_t replay_random(const struct guarded *g)
{
    uint64_t state = 1;
    size_t count = 2000;
    for (size_t i = 0; i < count; i++) {
        size_t len = i % 300;
        for (size_t j = 0; j < len; j++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            file_bytes[j] = (uint8_t)(state >> 56);
        }
        run(g, file_bytes, len);
    }
    return count;
}

int main(int argc, char **argv)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *region =
        mmap(NULL, INPUT_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED || mprotect(region + INPUT_MAX, page, PROT_NONE) != 0) {
        perror("replay: guard page");
        return 2;
    }
    struct guarded g = {region + INPUT_MAX, page};
    size_t count = replay_random(&g);
    for (int i = 1; i < argc; i++) {
        count += replay_path(&g, argv[i]);
    }
    (void)printf("%zu passed, 0 failed\n", count);
    return 0;
}
