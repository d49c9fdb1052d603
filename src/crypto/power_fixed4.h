#ifndef CRYPTO_POWER_FIXED4_H
#define CRYPTO_POWER_FIXED4_H

/* power_fixed4.h: Montgomery multiplication of four words in assembly (x86-64 with BMI2, which is
 * below the build's floor). Inside crypto/power.c only.
 *
 * 256-bit moduli are nearly all that contracts use, and compilers leave a third of the time there:
 * they move the eight words of the product to the stack and back. Here the product stays in
 * registers; MULX leaves the flags alone, so that a row of products is added as it comes, first the
 * low halves, then the high ones. And the multiples of m are found for two words at once,
 *
 *   (q1:q0) = (t1:t0) * -1/m mod 2^128,
 *
 * which makes the longest chain of dependent instructions a third shorter. On Zen 5, ns for a
 * product and a square: this 12.5 and 11.5, with one word at a time 14.3 and 13.4, clang 19 15.4
 * and 15.8, GMP about 19 and 18. */

#include "base/compiler.h"
#include "base/err.h"

#if defined(__BMI2__) && defined(__OPTIMIZE__) && !HAVE_SANITIZER
#define HAVE_POWER_FIXED4 1

/* What the assembly reads besides its registers, as one operand: a number of four words, and a
 * modulus with its inverse behind it. */
struct words4 {
    uint64_t w[4];
};
struct words6 {
    uint64_t w[6];
};
#define READS(type, from) "m"(*(const struct type *)(const void *)(from))

/* Eight words of a product, in registers. */
struct product8 {
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7;
};

#define PRODUCT8_OUT(t, how)                                                                  \
    [t0] how((t).t0), [t1] how((t).t1), [t2] how((t).t2), [t3] how((t).t3), [t4] how((t).t4), \
        [t5] how((t).t5), [t6] how((t).t6), [t7] how((t).t7)

/* (t4:t3:t2:t1:t0) = (t3:t2:t1:t0) + a * rdx. t4 serves for the low halves until it is known. The
 * sum has five words, so nothing is carried out of it. */
#define ROW_PRODUCT(word, t0, t1, t2, t3, t4) \
    "movq " word "(%[b]), %%rdx\n\t"          \
    "mulxq 0(%[a]), %[" t4 "], %[h0]\n\t"     \
    "addq %[" t4 "], %[" t0 "]\n\t"           \
    "mulxq 8(%[a]), %[" t4 "], %[h1]\n\t"     \
    "adcq %[" t4 "], %[" t1 "]\n\t"           \
    "mulxq 16(%[a]), %[" t4 "], %[h2]\n\t"    \
    "adcq %[" t4 "], %[" t2 "]\n\t"           \
    "mulxq 24(%[a]), %%rdx, %[" t4 "]\n\t"    \
    "adcq %%rdx, %[" t3 "]\n\t"               \
    "adcq $0, %[" t4 "]\n\t"                  \
    "addq %[h0], %[" t1 "]\n\t"               \
    "adcq %[h1], %[" t2 "]\n\t"               \
    "adcq %[h2], %[" t3 "]\n\t"               \
    "adcq $0, %[" t4 "]\n\t"

/* fixed4_product: a b. */
static ALWAYS_INLINE struct product8 fixed4_product(const uint64_t *a, const uint64_t *b)
{
    struct product8 t;
    uint64_t h0;
    uint64_t h1;
    uint64_t h2;
    __asm__("movq 0(%[b]), %%rdx\n\t"
            "mulxq 0(%[a]), %[t0], %[t1]\n\t"
            "mulxq 8(%[a]), %[h0], %[t2]\n\t"
            "addq %[h0], %[t1]\n\t"
            "mulxq 16(%[a]), %[h0], %[t3]\n\t"
            "adcq %[h0], %[t2]\n\t"
            "mulxq 24(%[a]), %[h0], %[t4]\n\t"
            "adcq %[h0], %[t3]\n\t"
            "adcq $0, %[t4]\n\t" /**/
            ROW_PRODUCT("8", "t1", "t2", "t3", "t4", "t5")
                ROW_PRODUCT("16", "t2", "t3", "t4", "t5", "t6")
                    ROW_PRODUCT("24", "t3", "t4", "t5", "t6", "t7")
            : PRODUCT8_OUT(t, "=&r"), [h0] "=&r"(h0), [h1] "=&r"(h1), [h2] "=&r"(h2)
            : [a] "r"(a), [b] "r"(b), READS(words4, a), READS(words4, b)
            : "rdx", "cc");
    return t;
}

/* fixed4_square: a a. The products of different words once, doubled, and the squares of the
 * words. */
static ALWAYS_INLINE struct product8 fixed4_square(const uint64_t *a)
{
    struct product8 t;
    uint64_t h0;
    uint64_t h1;
    __asm__("movq 0(%[a]), %%rdx\n\t"
            "mulxq 8(%[a]), %[t1], %[t2]\n\t"
            "mulxq 16(%[a]), %[h0], %[t3]\n\t"
            "addq %[h0], %[t2]\n\t"
            "mulxq 24(%[a]), %[h0], %[t4]\n\t"
            "adcq %[h0], %[t3]\n\t"
            "adcq $0, %[t4]\n\t"
            "movq 8(%[a]), %%rdx\n\t"
            "mulxq 16(%[a]), %[h0], %[h1]\n\t"
            "mulxq 24(%[a]), %[t0], %[t5]\n\t"
            "addq %[h0], %[t3]\n\t"
            "adcq %[t0], %[t4]\n\t"
            "adcq $0, %[t5]\n\t"
            "addq %[h1], %[t4]\n\t"
            "movq 16(%[a]), %%rdx\n\t"
            "mulxq 24(%[a]), %[h0], %[t6]\n\t"
            "adcq %[h0], %[t5]\n\t"
            "adcq $0, %[t6]\n\t"
            "movl $0, %k[t7]\n\t"
            "addq %[t1], %[t1]\n\t"
            "adcq %[t2], %[t2]\n\t"
            "adcq %[t3], %[t3]\n\t"
            "adcq %[t4], %[t4]\n\t"
            "adcq %[t5], %[t5]\n\t"
            "adcq %[t6], %[t6]\n\t"
            "adcq %[t7], %[t7]\n\t"
            "movq 0(%[a]), %%rdx\n\t"
            "mulxq %%rdx, %[t0], %[h0]\n\t"
            "addq %[h0], %[t1]\n\t"
            "movq 8(%[a]), %%rdx\n\t"
            "mulxq %%rdx, %[h0], %[h1]\n\t"
            "adcq %[h0], %[t2]\n\t"
            "adcq %[h1], %[t3]\n\t"
            "movq 16(%[a]), %%rdx\n\t"
            "mulxq %%rdx, %[h0], %[h1]\n\t"
            "adcq %[h0], %[t4]\n\t"
            "adcq %[h1], %[t5]\n\t"
            "movq 24(%[a]), %%rdx\n\t"
            "mulxq %%rdx, %[h0], %[h1]\n\t"
            "adcq %[h0], %[t6]\n\t"
            "adcq %[h1], %[t7]\n\t"
            : PRODUCT8_OUT(t, "=&r"), [h0] "=&r"(h0), [h1] "=&r"(h1)
            : [a] "r"(a), READS(words4, a)
            : "rdx", "cc");
    return t;
}

/* rdx and q1: what times m takes the two words t0 and t1 to zero. The inverse follows m. */
#define TWO_MULTIPLES(t0, t1)          \
    "movq %[" t0 "], %%rdx\n\t"        \
    "mulxq 32(%[m]), %[h0], %[q1]\n\t" \
    "imulq 40(%[m]), %%rdx\n\t"        \
    "movq %[" t1 "], %[h1]\n\t"        \
    "imulq 32(%[m]), %[h1]\n\t"        \
    "addq %%rdx, %[q1]\n\t"            \
    "addq %[h1], %[q1]\n\t"            \
    "movq %[h0], %%rdx\n\t"

/* (t4:t3:t2:t1:t0) += rdx * m + carry_in * 2^256. That makes t0 zero, and so it takes the carry out
 * of t4 (at most 1 over both chains: the words so far are less than twice their range). */
#define ROW_REDUCE(t0, t1, t2, t3, t4, carry_in) \
    "mulxq 0(%[m]), %[h3], %[h0]\n\t"            \
    "addq %[h3], %[" t0 "]\n\t"                  \
    "mulxq 8(%[m]), %[h3], %[h1]\n\t"            \
    "adcq %[h3], %[" t1 "]\n\t"                  \
    "mulxq 16(%[m]), %[h3], %[h2]\n\t"           \
    "adcq %[h3], %[" t2 "]\n\t"                  \
    "mulxq 24(%[m]), %%rdx, %[h3]\n\t"           \
    "adcq %%rdx, %[" t3 "]\n\t"                  \
    "adcq " carry_in ", %[" t4 "]\n\t"           \
    "adcq $0, %[" t0 "]\n\t"                     \
    "addq %[h0], %[" t1 "]\n\t"                  \
    "adcq %[h1], %[" t2 "]\n\t"                  \
    "adcq %[h2], %[" t3 "]\n\t"                  \
    "adcq %[h3], %[" t4 "]\n\t"                  \
    "adcq $0, %[" t0 "]\n\t"

/* fixed4_reduce: out = t / 2^256 mod m for t < m 2^256. In: m, the four words of m, then the two of
 * -1/m mod 2^128. At the end the sum, less than 2m, is (t3:t7:t6:t5:t4). */
static ALWAYS_INLINE void fixed4_reduce(uint64_t *out, struct product8 t, const uint64_t *m)
{
    uint64_t h0;
    uint64_t h1;
    uint64_t h2;
    uint64_t h3;
    uint64_t q1;
    __asm__(TWO_MULTIPLES("t0", "t1")                         /**/
            ROW_REDUCE("t0", "t1", "t2", "t3", "t4", "$0")    /**/
            "movq %[q1], %%rdx\n\t"                           /**/
            ROW_REDUCE("t1", "t2", "t3", "t4", "t5", "%[t0]") /**/
            TWO_MULTIPLES("t2", "t3")                         /**/
            ROW_REDUCE("t2", "t3", "t4", "t5", "t6", "%[t1]") /**/
            "movq %[q1], %%rdx\n\t"                           /**/
            ROW_REDUCE("t3", "t4", "t5", "t6", "t7", "%[t2]") /**/
            "movq %[t4], %[t0]\n\t"
            "subq 0(%[m]), %[t4]\n\t"
            "movq %[t5], %[t1]\n\t"
            "sbbq 8(%[m]), %[t5]\n\t"
            "movq %[t6], %[t2]\n\t"
            "sbbq 16(%[m]), %[t6]\n\t"
            "movq %[t7], %[h0]\n\t"
            "sbbq 24(%[m]), %[t7]\n\t"
            "sbbq $0, %[t3]\n\t"
            "cmovcq %[t0], %[t4]\n\t"
            "cmovcq %[t1], %[t5]\n\t"
            "cmovcq %[t2], %[t6]\n\t"
            "cmovcq %[h0], %[t7]\n\t"
            : PRODUCT8_OUT(t, "+&r"), [h0] "=&r"(h0), [h1] "=&r"(h1), [h2] "=&r"(h2),
              [h3] "=&r"(h3), [q1] "=&r"(q1)
            : [m] "r"(m), READS(words6, m)
            : "rdx", "cc");
    out[0] = t.t4;
    out[1] = t.t5;
    out[2] = t.t6;
    out[3] = t.t7;
}

#undef READS
#undef PRODUCT8_OUT
#undef ROW_PRODUCT
#undef TWO_MULTIPLES
#undef ROW_REDUCE

#else
#define HAVE_POWER_FIXED4 0
#endif

#endif
