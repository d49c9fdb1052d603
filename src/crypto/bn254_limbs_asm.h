#ifndef CRYPTO_BN254_LIMBS_ASM_H
#define CRYPTO_BN254_LIMBS_ASM_H

/* bn254_limbs_asm.h: the functions of bn254_limbs.h in x86-64 assembly; contracts and bounds stand
 * there. Inside crypto/bn254*.c only.
 *
 * BMI2's mulx and plain carry chains, which x86-64-v3 has, so nothing is chosen at run time.
 * Neither compiler finds such code: on Zen 5, clang 19 and GCC 12 take 14.4 and 24.6 ns for the
 * portable product mod p and 10.1 and 10.3 ns for this one, 1.9 and 6.6 ns for a sum mod p
 * against 1.2. A product with ADX's second carry flag measured no better (10.9 ns against 10.7).
 *
 * The sanitizers, which do not see into assembly, get the portable form; so does a build without
 * optimisation, which has no registers to spare. */

#include "crypto/bn254_limbs.h"

#if defined(__x86_64__) && defined(__BMI2__) && defined(__OPTIMIZE__) && !HAVE_SANITIZER
#define BN254_ASM 1
#else
#define BN254_ASM 0
#endif

#if BN254_ASM

/* One instruction a line: */
/* clang-format off */

/* Numbers in memory as operands name0, name1, ... */
#define BN254_IN(name, from)                                                            \
    [name##0] "m"((from)[0]), [name##1] "m"((from)[1]), [name##2] "m"((from)[2]),       \
    [name##3] "m"((from)[3])
#define BN254_IN_WIDE(name, from)                                                       \
    BN254_IN(name, from), [name##4] "m"((from)[4]), [name##5] "m"((from)[5]),           \
    [name##6] "m"((from)[6]), [name##7] "m"((from)[7])
#define BN254_OUT(name, to)                                                             \
    [name##0] "=m"((to)[0]), [name##1] "=m"((to)[1]), [name##2] "=m"((to)[2]),          \
    [name##3] "=m"((to)[3])
#define BN254_IN_MODULUS BN254_IN(p, FP_MODULUS), [m_inv] "m"(FP_MODULUS[4])

static ALWAYS_INLINE struct limbs limbs_add_asm(struct limbs x, const uint64_t y[static 4])
{
    __asm__("addq %[y0], %[x0]\n\t"
            "adcq %[y1], %[x1]\n\t"
            "adcq %[y2], %[x2]\n\t"
            "adcq %[y3], %[x3]\n\t"
            : [x0] "+&r"(x.l0), [x1] "+&r"(x.l1), [x2] "+&r"(x.l2), [x3] "+&r"(x.l3)
            : BN254_IN(y, y)
            : "cc");
    return x;
}

static ALWAYS_INLINE struct limbs limbs_sub_asm(uint64_t *mask, struct limbs x,
                                                const uint64_t y[static 4])
{
    uint64_t m;
    __asm__("subq %[y0], %[x0]\n\t"
            "sbbq %[y1], %[x1]\n\t"
            "sbbq %[y2], %[x2]\n\t"
            "sbbq %[y3], %[x3]\n\t"
            "sbbq %[m], %[m]\n\t"
            : [x0] "+&r"(x.l0), [x1] "+&r"(x.l1), [x2] "+&r"(x.l2), [x3] "+&r"(x.l3),
              [m] "=&r"(m)
            : BN254_IN(y, y)
            : "cc");
    *mask = m;
    return x;
}

static ALWAYS_INLINE struct limbs limbs_reduce_asm(struct limbs x)
{
    struct limbs y = x;
    __asm__("subq %[p0], %[x0]\n\t"
            "sbbq %[p1], %[x1]\n\t"
            "sbbq %[p2], %[x2]\n\t"
            "sbbq %[p3], %[x3]\n\t"
            "cmovcq %[y0], %[x0]\n\t"
            "cmovcq %[y1], %[x1]\n\t"
            "cmovcq %[y2], %[x2]\n\t"
            "cmovcq %[y3], %[x3]\n\t"
            : [x0] "+&r"(x.l0), [x1] "+&r"(x.l1), [x2] "+&r"(x.l2), [x3] "+&r"(x.l3)
            : [y0] "r"(y.l0), [y1] "r"(y.l1), [y2] "r"(y.l2), [y3] "r"(y.l3),
              BN254_IN(p, FP_MODULUS)
            : "cc");
    return x;
}

/* Limb i of a chain over memory: the lower ones go to memory through t, the upper ones stay in
 * registers. */
#define BN254_CHAIN(op, i)                                                              \
    "movq %[a" #i "], %[t]\n\t"                                                         \
    op " %[b" #i "], %[t]\n\t"                                                          \
    "movq %[t], %[out" #i "]\n\t"
#define BN254_CHAIN_UPPER(op, i)                                                        \
    "movq %[a" #i "], %[x" #i "]\n\t"                                                   \
    op " %[b" #i "], %[x" #i "]\n\t"

static ALWAYS_INLINE struct limbs wide_add_asm(uint64_t out[static 4], const uint64_t a[static 8],
                                               const uint64_t b[static 8])
{
    struct limbs x;
    uint64_t t;
    __asm__(BN254_CHAIN("addq", 0)
            BN254_CHAIN("adcq", 1)
            BN254_CHAIN("adcq", 2)
            BN254_CHAIN("adcq", 3)
            BN254_CHAIN_UPPER("adcq", 4)
            BN254_CHAIN_UPPER("adcq", 5)
            BN254_CHAIN_UPPER("adcq", 6)
            BN254_CHAIN_UPPER("adcq", 7)
            : BN254_OUT(out, out), [t] "=&r"(t), [x4] "=&r"(x.l0), [x5] "=&r"(x.l1),
              [x6] "=&r"(x.l2), [x7] "=&r"(x.l3)
            : BN254_IN_WIDE(a, a), BN254_IN_WIDE(b, b)
            : "cc");
    return x;
}

static ALWAYS_INLINE struct limbs wide_sub_asm(uint64_t *mask, uint64_t out[static 4],
                                               const uint64_t a[static 8],
                                               const uint64_t b[static 8])
{
    struct limbs x;
    uint64_t t;
    __asm__(BN254_CHAIN("subq", 0)
            BN254_CHAIN("sbbq", 1)
            BN254_CHAIN("sbbq", 2)
            BN254_CHAIN("sbbq", 3)
            BN254_CHAIN_UPPER("sbbq", 4)
            BN254_CHAIN_UPPER("sbbq", 5)
            BN254_CHAIN_UPPER("sbbq", 6)
            BN254_CHAIN_UPPER("sbbq", 7)
            "sbbq %[t], %[t]\n\t"
            : BN254_OUT(out, out), [t] "=&r"(t), [x4] "=&r"(x.l0), [x5] "=&r"(x.l1),
              [x6] "=&r"(x.l2), [x7] "=&r"(x.l3)
            : BN254_IN_WIDE(a, a), BN254_IN_WIDE(b, b)
            : "cc");
    *mask = t;
    return x;
}

/* Limb i of the chain 9a: its upper word starts the next limb. */
#define BN254_TIMES_9(i, next)                                                          \
    "mulxq %[a" #i "], %[t], %[x" #next "]\n\t"                                         \
    "adcq %[t], %[x" #i "]\n\t"

static ALWAYS_INLINE uint64_t wide_mul9_add_asm(uint64_t out[static 4], struct limbs *upper,
                                                const uint64_t a[static 8],
                                                const uint64_t b[static 8])
{
    uint64_t x0, x1, x2, x3, x4, x5, x6, x7, x8, t;
    __asm__("movl $9, %%edx\n\t"
            "mulxq %[a0], %[x0], %[x1]\n\t"
            "mulxq %[a1], %[t], %[x2]\n\t"
            "addq %[t], %[x1]\n\t"
            BN254_TIMES_9(2, 3)
            BN254_TIMES_9(3, 4)
            BN254_TIMES_9(4, 5)
            BN254_TIMES_9(5, 6)
            BN254_TIMES_9(6, 7)
            BN254_TIMES_9(7, 8)
            "adcq $0, %[x8]\n\t"
            "addq %[b0], %[x0]\n\t"
            "adcq %[b1], %[x1]\n\t"
            "adcq %[b2], %[x2]\n\t"
            "adcq %[b3], %[x3]\n\t"
            "adcq %[b4], %[x4]\n\t"
            "adcq %[b5], %[x5]\n\t"
            "adcq %[b6], %[x6]\n\t"
            "adcq %[b7], %[x7]\n\t"
            "adcq $0, %[x8]\n\t"
            : [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [x4] "=&r"(x4),
              [x5] "=&r"(x5), [x6] "=&r"(x6), [x7] "=&r"(x7), [x8] "=&r"(x8), [t] "=&r"(t)
            : BN254_IN_WIDE(a, a), BN254_IN_WIDE(b, b)
            : "rdx", "cc");
    limbs_store(out, (struct limbs){x0, x1, x2, x3});
    *upper = (struct limbs){x4, x5, x6, x7};
    return x8;
}

/* (top h3 h2 h1 lo) = rdx * (v3 v2 v1 v0). */
#define BN254_PRODUCTS(v, top, h3, h2, h1, lo)                                          \
    "mulxq %[" v "0], " lo ", " h1 "\n\t"                                               \
    "mulxq %[" v "1], %[t], " h2 "\n\t"                                                 \
    "addq %[t], " h1 "\n\t"                                                             \
    "mulxq %[" v "2], %[t], " h3 "\n\t"                                                 \
    "adcq %[t], " h2 "\n\t"                                                             \
    "mulxq %[" v "3], %[t], " top "\n\t"                                                \
    "adcq %[t], " h3 "\n\t"                                                             \
    "adcq $0, " top "\n\t"

/* (x3 x2 x1 x0) += (h3 h2 h1 lo); the carry stays in the flag. */
#define BN254_ADD_ROW(x0, x1, x2, x3)                                                   \
    "addq %[lo], %[" x0 "]\n\t"                                                         \
    "adcq %[h1], %[" x1 "]\n\t"                                                         \
    "adcq %[h2], %[" x2 "]\n\t"                                                         \
    "adcq %[h3], %[" x3 "]\n\t"

/* Rows of a product: (x4 x3 x2 x1 x0) = a0 b; then (x4 x3 x2 x1 x0) += ai b with x4 new. mulx
 * leaves the flags alone, so a row is one chain over its own products and one that adds them. */
#define BN254_FIRST_ROW                                                                 \
    "movq %[a0], %%rdx\n\t"                                                             \
    BN254_PRODUCTS("b", "%[x4]", "%[x3]", "%[x2]", "%[x1]", "%[x0]")
#define BN254_ROW(ai, x0, x1, x2, x3, x4)                                               \
    "movq %[" ai "], %%rdx\n\t"                                                         \
    BN254_PRODUCTS("b", "%[" x4 "]", "%[h3]", "%[h2]", "%[h1]", "%[lo]")                \
    BN254_ADD_ROW(x0, x1, x2, x3)                                                       \
    "adcq $0, %[" x4 "]\n\t"

/* A row of a reduction: (x4 x3 x2 x1 x0) += m p, with m such that x0 becomes 0. x4 may be x0, which
 * then takes the fifth limb once it is cleared. */
#define BN254_REDUCE_ROW(x0, x1, x2, x3, x4)                                            \
    "movq %[" x0 "], %%rdx\n\t"                                                         \
    "imulq %[m_inv], %%rdx\n\t"                                                         \
    BN254_PRODUCTS("p", "%%rdx", "%[h3]", "%[h2]", "%[h1]", "%[lo]")                    \
    BN254_ADD_ROW(x0, x1, x2, x3)                                                       \
    "adcq %%rdx, %[" x4 "]\n\t"

#define BN254_ROW_TEMPORARIES                                                           \
    [h1] "=&r"(h1), [h2] "=&r"(h2), [h3] "=&r"(h3), [lo] "=&r"(lo), [t] "=&r"(t)
#define BN254_SUM                                                                       \
    [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [x4] "=&r"(x4)

static ALWAYS_INLINE struct limbs limbs_mul_reduce_asm(const uint64_t a[static 4],
                                                       const uint64_t b[static 4])
{
    uint64_t x0, x1, x2, x3, x4, h1, h2, h3, lo, t;
    __asm__(BN254_FIRST_ROW
            BN254_REDUCE_ROW("x0", "x1", "x2", "x3", "x4")
            BN254_ROW("a1", "x1", "x2", "x3", "x4", "x0")
            BN254_REDUCE_ROW("x1", "x2", "x3", "x4", "x0")
            BN254_ROW("a2", "x2", "x3", "x4", "x0", "x1")
            BN254_REDUCE_ROW("x2", "x3", "x4", "x0", "x1")
            BN254_ROW("a3", "x3", "x4", "x0", "x1", "x2")
            BN254_REDUCE_ROW("x3", "x4", "x0", "x1", "x2")
            : BN254_SUM, BN254_ROW_TEMPORARIES
            : BN254_IN(a, a), BN254_IN(b, b), BN254_IN_MODULUS
            : "rdx", "cc");
    return limbs_reduce_asm((struct limbs){x4, x0, x1, x2});
}

static ALWAYS_INLINE void wide_mul_asm(uint64_t out[static 8], const uint64_t a[static 4],
                                       const uint64_t b[static 4])
{
    uint64_t x0, x1, x2, x3, x4, h1, h2, h3, lo, t;
    __asm__(BN254_FIRST_ROW
            "movq %[x0], %[out0]\n\t"
            BN254_ROW("a1", "x1", "x2", "x3", "x4", "x0")
            "movq %[x1], %[out1]\n\t"
            BN254_ROW("a2", "x2", "x3", "x4", "x0", "x1")
            "movq %[x2], %[out2]\n\t"
            BN254_ROW("a3", "x3", "x4", "x0", "x1", "x2")
            : BN254_SUM, BN254_ROW_TEMPORARIES, [out0] "=&m"(out[0]), [out1] "=&m"(out[1]),
              [out2] "=&m"(out[2])
            : BN254_IN(a, a), BN254_IN(b, b)
            : "rdx", "cc");
    out[3] = x3;
    limbs_store(out + 4, (struct limbs){x4, x0, x1, x2});
}

static ALWAYS_INLINE struct limbs wide_reduce_asm(const uint64_t a[static 8])
{
    uint64_t x0 = a[0], x1 = a[1], x2 = a[2], x3 = a[3], h1, h2, h3, lo, t;
    __asm__(BN254_REDUCE_ROW("x0", "x1", "x2", "x3", "x0")
            BN254_REDUCE_ROW("x1", "x2", "x3", "x0", "x1")
            BN254_REDUCE_ROW("x2", "x3", "x0", "x1", "x2")
            BN254_REDUCE_ROW("x3", "x0", "x1", "x2", "x3")
            "addq %[a4], %[x0]\n\t"
            "adcq %[a5], %[x1]\n\t"
            "adcq %[a6], %[x2]\n\t"
            "adcq %[a7], %[x3]\n\t"
            : [x0] "+&r"(x0), [x1] "+&r"(x1), [x2] "+&r"(x2), [x3] "+&r"(x3),
              BN254_ROW_TEMPORARIES
            : [a4] "m"(a[4]), [a5] "m"(a[5]), [a6] "m"(a[6]), [a7] "m"(a[7]), BN254_IN_MODULUS
            : "rdx", "cc");
    return limbs_reduce_asm((struct limbs){x0, x1, x2, x3});
}

/* clang-format on */

#endif
#endif
