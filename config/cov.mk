# Source-based coverage; tools/coverage runs the tests and prints the report.
CC := clang-19
STD := -std=c23
OPT := -O1
SANITIZE := -fprofile-instr-generate -fcoverage-mapping
LINK := -pie -fuse-ld=lld-19
