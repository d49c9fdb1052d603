/* evm proof: verifies answers of eth_getProof and prints what they prove. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "spec/prooffile.h"
#include "sys/files.h"

/* struct proofs: what the command line asks for, and the counts. */
struct proofs {
    struct file_list files;
    bool has_root;
    struct hash32 root;
    bool is_json;
    bool wants_help;
    const char *path; /* of the file in hand */
    size_t passed;
    size_t failed;
    size_t unusable;
};

/* ---- output ---------------------------------------------------------------------------------- */

/* struct words: an answer's fields as text. */
struct words {
    char address[43];
    char storage_root[67];
    char code_hash[67];
    char balance[HEX_QUANTITY_MAX + 1];
};

static struct words words_of(const struct account_proof *proof)
{
    struct words words;
    memset(&words, 0, sizeof(words));
    (void)hex_encode_data(words.address, proof->address.b, sizeof(proof->address.b));
    (void)hex_encode_data(words.storage_root, proof->storage_root.b, sizeof(proof->storage_root.b));
    (void)hex_encode_data(words.code_hash, proof->code_hash.b, sizeof(proof->code_hash.b));
    (void)hex_encode_quantity_u256(words.balance, &proof->balance);
    return words;
}

static void print_text(const struct prooffile_case *c)
{
    struct words words = words_of(c->proof);
    if (c->end == PROOF_VALUE) {
        (void)printf("%s: nonce %" PRIu64 ", balance %s, storage hash %s, code hash %s\n",
                     words.address, c->proof->nonce, words.balance, words.storage_root,
                     words.code_hash);
    } else {
        (void)printf("%s: absent (%s)\n", words.address, proof_end_name(c->end));
    }
    for (size_t i = 0; i < c->proof->slot_count; i++) {
        char slot[HEX_QUANTITY_MAX + 1] = {0};
        char value[HEX_QUANTITY_MAX + 1] = {0};
        (void)hex_encode_quantity_u256(slot, &c->proof->slots[i].slot);
        (void)hex_encode_quantity_u256(value, &c->proof->slots[i].value);
        if (c->slot_ends[i] == PROOF_VALUE) {
            (void)printf("%s slot %s: %s\n", words.address, slot, value);
        } else {
            (void)printf("%s slot %s: absent (%s)\n", words.address, slot,
                         proof_end_name(c->slot_ends[i]));
        }
    }
}

static json_t *slots_as_json(const struct prooffile_case *c)
{
    json_t *slots = json_array();
    for (size_t i = 0; i < c->proof->slot_count; i++) {
        char slot[HEX_QUANTITY_MAX + 1] = {0};
        char value[HEX_QUANTITY_MAX + 1] = {0};
        (void)hex_encode_quantity_u256(slot, &c->proof->slots[i].slot);
        (void)hex_encode_quantity_u256(value, &c->proof->slots[i].value);
        (void)json_array_append_new(slots,
                                    json_pack("{s:s, s:s, s:s}", "slot", slot, "value", value,
                                              "end", proof_end_name(c->slot_ends[i])));
    }
    return slots;
}

static void print_json(const char *path, const struct prooffile_case *c)
{
    struct words words = words_of(c->proof);
    json_t *line = json_pack("{s:s, s:I, s:s, s:b}", "file", path, "line", (json_int_t)c->line,
                             "address", words.address, "pass", c->passed);
    if (c->passed && c->end == PROOF_VALUE) {
        char nonce[18 + 1] = {0};
        (void)hex_encode_quantity_u64(nonce, c->proof->nonce);
        (void)json_object_set_new(line, "nonce", json_string(nonce));
        (void)json_object_set_new(line, "balance", json_string(words.balance));
        (void)json_object_set_new(line, "storageHash", json_string(words.storage_root));
        (void)json_object_set_new(line, "codeHash", json_string(words.code_hash));
    }
    if (c->passed) {
        (void)json_object_set_new(line, "end", json_string(proof_end_name(c->end)));
        (void)json_object_set_new(line, "slots", slots_as_json(c));
    } else {
        (void)json_object_set_new(line, "error", json_string(c->reason));
    }
    (void)json_dumpf(line, stdout, JSON_COMPACT);
    (void)printf("\n");
    json_decref(line);
}

static void on_case(void *context, const struct prooffile_case *c)
{
    struct proofs *proofs = context;
    proofs->passed += c->passed;
    proofs->failed += !c->passed;
    if (proofs->is_json) {
        print_json(proofs->path, c);
    } else if (c->passed) {
        print_text(c);
    } else if (c->line != 0) {
        (void)printf("FAIL %s line %zu: %s\n", proofs->path, c->line, c->reason);
    } else {
        (void)printf("FAIL %s: %s\n", proofs->path, c->reason);
    }
}

/* ---- the command ----------------------------------------------------------------------------- */

static const struct arg proof_args[] = {
    {"", "PATH...", "files, or folders whose .json files are read; of a .jsonl file each line"},
    {"root", "HASH", "the state root to verify against (default: the file's \"stateRoot\")"},
    {"json", NULL, "a JSON object for each answer on stdout"},
    {"help", NULL, "this text"},
};

/* say_unusable counts a path that cannot be read; the others still are. In: `path`, or "" when
 * `why` names it. */
static void say_unusable(struct proofs *proofs, const char *path, const char *why)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "evm: %s%s%s\n", path, path[0] != 0 ? ": " : "", why);
    proofs->unusable++;
}

static enum err proof_read_args(struct proofs *proofs, int argc, char **argv,
                                struct err_detail *detail)
{
    enum { PATH, ROOT, JSON, HELP };
    size_t option;
    const char *value;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, proof_args, ROWS(proof_args), detail));
        switch (option) {
        case PATH:
            if (file_list_add(&proofs->files, value, detail) != OK) {
                say_unusable(proofs, "", detail->text);
            }
            break;
        case ROOT:
            if (hex_decode_hash32(&proofs->root, bytes_from(value, strlen(value))) != OK) {
                return err_explain(detail, ERR_MALFORMED,
                                   "--root: not a hash (0x and 64 hex digits)");
            }
            proofs->has_root = true;
            break;
        case JSON:
            proofs->is_json = true;
            break;
        case HELP:
            proofs->wants_help = true;
            return OK;
        default:
            return OK;
        }
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static void run_file(struct proofs *proofs, struct arena *arena, const char *path)
{
    struct err_detail detail = {"out of memory"};
    struct bytes text;
    const struct prooffile runner = {
        .arena = arena,
        .root = proofs->has_root ? &proofs->root : NULL,
        .report = on_case,
        .context = proofs,
    };
    proofs->path = path;
    if (file_map(&text, path, &detail) != OK) {
        say_unusable(proofs, "", detail.text);
        return;
    }
    if (prooffile_run(&runner, text, ends_with(path, ".jsonl"), &detail) != OK) {
        say_unusable(proofs, path, detail.text);
    }
    file_unmap(text);
}

static enum exit_status run_files(struct proofs *proofs)
{
    struct machine machine;
    struct err_detail detail;
    if (machine_open(&machine, &detail) != OK) {
        return command_unusable(&detail);
    }
    for (size_t i = 0; i < proofs->files.count; i++) {
        run_file(proofs, &machine.arena, proofs->files.paths[i]);
    }
    machine_close(&machine);
    if (!proofs->is_json) {
        (void)printf("%zu passed, %zu failed\n", proofs->passed, proofs->failed);
    }
    return proofs->unusable != 0 ? EXIT_USAGE : proofs->failed != 0 ? EXIT_NEGATIVE : EXIT_DONE;
}

enum exit_status cmd_proof(int argc, char **argv)
{
    struct proofs proofs = {.path = NULL};
    struct err_detail detail;
    enum exit_status status = EXIT_DONE;
    enum err e = proof_read_args(&proofs, argc, argv, &detail);
    if (e == OK && proofs.wants_help) {
        (void)puts(
            "usage: evm proof [OPTION...] PATH...\n\n"
            "Verifies answers of eth_getProof against a state root, and prints a line for\n"
            "each account and each slot with what is proven: its value, or how it is absent.\n"
            "A failure is a line `FAIL file: reason`; the last line is `N passed, N failed`.\n"
            "Exit status: 0 all hold, 1 some do not, 2 unusable input.\n");
        args_help(proof_args, ROWS(proof_args));
    } else if (e == OK && proofs.files.count == 0 && proofs.unusable == 0) {
        e = err_explain(&detail, ERR_MALFORMED, "proof: no files; see evm proof --help");
    } else if (e == OK) {
        status = run_files(&proofs);
    }
    file_list_free(&proofs.files);
    return e == OK ? status : command_unusable(&detail);
}
