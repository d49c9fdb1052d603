#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

/* compiler.h gives names to every extension of the C language that we use, one line of reason
 * each, and a fallback where the program can live without it. */

/* Bodies that must dissolve into their caller: opcode bodies, 256-bit arithmetic. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Slow paths that must not swell a hot function. */
#define NOINLINE __attribute__((noinline))
#define COLD     __attribute__((noinline, cold))

/* Branch weights, where the compiler cannot know which side is rare. */
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Lets the compiler check arguments against a printf-like format. */
#define PRINTF_FORMAT(fmt, args) __attribute__((format(printf, fmt, args)))

/* A place that cannot be reached; only after a switch over all values of an enum. */
#define UNREACHABLE() __builtin_unreachable()

/* AddressSanitizer's own marks, so that it sees inside our arenas. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#if __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define HAVE_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#endif
#ifndef HAVE_ASAN
#define HAVE_ASAN 0
#endif
/* Some sanitizer watches every access: hand-written assembly, which it cannot see and which wants
 * the registers it needs, gives way to portable code. */
#ifndef HAVE_SANITIZER
#define HAVE_SANITIZER HAVE_ASAN
#endif

/* Guaranteed tail calls: the fast dispatcher is made of them. GCC 12 has none, so it gets the
 * switch dispatcher only (architecture.md, "Interpreter core"). */
#if defined(__clang__)
#define HAVE_TAIL_CALLS 1
#define MUSTTAIL        __attribute__((musttail))
#else
#define HAVE_TAIL_CALLS 0
#endif

/* A calling convention whose arguments live in registers that ordinary C calls preserve. Does not
 * compile under AddressSanitizer (llvm #95928), where speed does not matter. */
#if defined(__clang__) && !HAVE_SANITIZER
#define PRESERVE_NONE __attribute__((preserve_none))
#else
#define PRESERVE_NONE
#endif

/* 128-bit products and sums of 64-bit words; ISO C has no name for them. */
__extension__ typedef unsigned __int128 u128;

#endif
