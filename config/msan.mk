# MemorySanitizer, for the parts that call no library but libc: the libraries are not instrumented,
# so what they write counts as uninitialised.
CC := clang-19
STD := -std=c23
OPT := -O1 -fno-omit-frame-pointer
SANITIZE := -fsanitize=memory -fsanitize-memory-track-origins -fno-sanitize-recover=all
LINK := -pie -fuse-ld=lld-19
MSAN_USES_LIBRARY := $(shell grep -lE '<(gmp|jansson|event2/[a-z_]*|openssl/[a-z0-9_]*|secp256k1[a-z_]*)\.h>|"(codec/json|net/|rpc/|spec/|crypto/(secp256k1|p256|sha2|ripemd160|modexp|bls12_381|kzg)|evm/|exec/|sim/)' src/*/*_test.c src/*/*_fuzz.c)
TEST_SKIP := $(MSAN_USES_LIBRARY)
