# The reference: clang 19, optimised, hardened, static-pie.
CC := clang-19
STD := -std=c23
OPT := -O2
HARDEN := -fwrapv -fstack-protector-strong -fcf-protection=full -D_FORTIFY_SOURCE=3 \
	-ftrivial-auto-var-init=zero -fstack-clash-protection
LINK := -static-pie -fuse-ld=lld-19
STRIP := -Wl,--strip-all
