# libFuzzer targets under AddressSanitizer and UndefinedBehaviorSanitizer.
CC := clang-19
STD := -std=c23
OPT := -O1 -fno-omit-frame-pointer
SANITIZE := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
LINK := -pie -fuse-ld=lld-19
FUZZ_LINK := -fsanitize=fuzzer
