/* Files and folders of a command line. */

#include "sys/files.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The most of a path that an error quotes. */
#define QUOTE_MAX 120

static enum err explain(struct err_detail *detail, const char *path, int error)
{
    return err_explain(detail, ERR_IO, "%.*s: %s", QUOTE_MAX, path, strerror(error));
}

static enum err append(struct file_list *list, const char *path)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 256 : 2 * list->cap;
        char **paths = reallocarray(list->paths, cap, sizeof(*paths));
        if (paths == NULL) {
            return ERR_MEMORY;
        }
        list->paths = paths;
        list->cap = cap;
    }
    char *copy = strdup(path);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    list->paths[list->count++] = copy;
    return OK;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_wanted(const FTSENT *entry)
{
    static const char ending[] = ".json";
    size_t len = strlen(entry->fts_path);
    return entry->fts_level == 0 ||
           (len >= sizeof(ending) &&
            strcmp(entry->fts_path + len - (sizeof(ending) - 1), ending) == 0);
}

enum err file_list_add(struct file_list *list, const char *path, struct err_detail *detail)
{
    char *copy = strdup(path);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    char *const roots[] = {copy, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    enum err result = tree == NULL ? explain(detail, path, errno) : OK;
    for (FTSENT *e = tree == NULL ? NULL : fts_read(tree); e != NULL; e = fts_read(tree)) {
        if (e->fts_info == FTS_F && is_wanted(e)) {
            result = append(list, e->fts_path) == OK ? result : ERR_MEMORY;
        } else if (e->fts_info == FTS_NS || e->fts_info == FTS_DNR || e->fts_info == FTS_ERR) {
            result = explain(detail, e->fts_path, e->fts_errno);
        }
    }
    if (tree != NULL) {
        (void)fts_close(tree);
    }
    free(copy);
    return result;
}

void file_list_free(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->paths[i]);
    }
    free(list->paths);
    *list = (struct file_list){NULL, 0, 0};
}

enum err file_map(struct bytes *out, const char *path, struct err_detail *detail)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return explain(detail, path, errno);
    }
    struct stat st;
    enum err result = OK;
    struct bytes file = bytes_from(NULL, 0);
    if (fstat(fd, &st) != 0) {
        result = explain(detail, path, errno);
    } else if (!S_ISREG(st.st_mode)) {
        result = err_explain(detail, ERR_IO, "%.*s: not a file", QUOTE_MAX, path);
    } else if (st.st_size > 0) {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED) {
            result = explain(detail, path, errno);
        } else {
            file = bytes_from(map, (size_t)st.st_size);
        }
    }
    (void)close(fd);
    *out = file;
    return result;
}

void file_unmap(struct bytes file)
{
    if (file.len != 0) {
        (void)munmap((void *)(uintptr_t)file.ptr, file.len);
    }
}
