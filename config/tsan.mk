# ThreadSanitizer, for the threads of the server and of the offline tool.
CC := clang-19
STD := -std=c23
OPT := -O1 -fno-omit-frame-pointer
SANITIZE := -fsanitize=thread
LINK := -pie -fuse-ld=lld-19
