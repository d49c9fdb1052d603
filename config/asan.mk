# AddressSanitizer with its leak checker, and UndefinedBehaviorSanitizer. No -fwrapv: signed overflow is to be found.
CC := clang-19
STD := -std=c23
OPT := -O1 -fno-omit-frame-pointer
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
LINK := -pie -fuse-ld=lld-19
