/* Precompiles 0x0a to 0x11: KZG point evaluation (EIP-4844) and BLS12-381 (EIP-2537). */

#include "crypto/bls12_381.h"
#include "crypto/kzg.h"
#include "crypto/sha2.h"
#include "evm/precompiles.h"

enum precompile_result pre_kzg_point_evaluation(struct precompile_call *call)
{
    /* EIP-4844: "FIELD_ELEMENTS_PER_BLOB" and "BLS_MODULUS", 32 bytes each. */
    static const uint8_t answer[64] = {[30] = 0x10, 0x00, 0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d,
                                       0x48,        0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05,
                                       0x53,        0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff,
                                       0xff,        0xff, 0xff, 0x00, 0x00, 0x00, 0x01};
    if (!precompile_charge(call, 50000)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    /* versioned hash, z, y, commitment, proof: 32, 32, 32, 48, 48 bytes. */
    const uint8_t *in = call->input.ptr;
    if (call->input.len != 192) {
        return PRECOMPILE_FAILED;
    }
    struct hash32 versioned_hash;
    bool is_valid;
    sha256(&versioned_hash, in + 96, KZG_POINT_SIZE);
    versioned_hash.b[0] = 1; /* VERSIONED_HASH_VERSION_KZG */
    if (memcmp(versioned_hash.b, in, sizeof(versioned_hash.b)) != 0 ||
        kzg_verify_point(&is_valid, in + 96, in + 32, in + 64, in + 144) != OK || !is_valid) {
        return PRECOMPILE_FAILED;
    }
    memcpy(call->output, answer, sizeof(answer));
    call->output_len = sizeof(answer);
    return PRECOMPILE_OK;
}

/* answer turns what a curve operation said into a precompile's result. */
static enum precompile_result answer_of(struct precompile_call *call, enum err e, size_t len)
{
    if (e == ERR_MEMORY) {
        return PRECOMPILE_ERROR;
    }
    if (e != OK) {
        return PRECOMPILE_FAILED;
    }
    call->output_len = len;
    return PRECOMPILE_OK;
}

enum precompile_result pre_bls12_g1add(struct precompile_call *call)
{
    if (!precompile_charge(call, 375)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len != (size_t)2 * BLS12_381_G1_SIZE) {
        return PRECOMPILE_FAILED;
    }
    return answer_of(call, bls12_381_g1_add(call->output, call->input.ptr), BLS12_381_G1_SIZE);
}

enum precompile_result pre_bls12_g2add(struct precompile_call *call)
{
    if (!precompile_charge(call, 600)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len != (size_t)2 * BLS12_381_G2_SIZE) {
        return PRECOMPILE_FAILED;
    }
    return answer_of(call, bls12_381_g2_add(call->output, call->input.ptr), BLS12_381_G2_SIZE);
}

/* EIP-2537, "Gas schedule", "G1/G2 MSM": discount for k products, in thousandths; the last row
 * holds for more. */
#define DISCOUNTS_MAX 128

static const uint16_t G1_DISCOUNTS[DISCOUNTS_MAX] = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
};

static const uint16_t G2_DISCOUNTS[DISCOUNTS_MAX] = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
};

/* msm_price: "(k * multiplication_cost * discount(k)) / multiplier"; k is below 2^60. */
static uint64_t msm_price(uint64_t k, uint64_t multiplication, const uint16_t *discounts)
{
    if (k == 0) {
        return 0;
    }
    u128 price =
        (u128)k * multiplication * discounts[k < DISCOUNTS_MAX ? k - 1 : DISCOUNTS_MAX - 1];
    return (uint64_t)(price / 1000);
}

enum precompile_result pre_bls12_g1msm(struct precompile_call *call)
{
    size_t k = call->input.len / BLS12_381_G1_PRODUCT_SIZE;
    if (!precompile_charge(call, msm_price(k, 12000, G1_DISCOUNTS))) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len % BLS12_381_G1_PRODUCT_SIZE != 0) {
        return PRECOMPILE_FAILED;
    }
    return answer_of(call, bls12_381_g1_msm(call->output, call->input.ptr, k, call->scratch),
                     BLS12_381_G1_SIZE);
}

enum precompile_result pre_bls12_g2msm(struct precompile_call *call)
{
    size_t k = call->input.len / BLS12_381_G2_PRODUCT_SIZE;
    if (!precompile_charge(call, msm_price(k, 22500, G2_DISCOUNTS))) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len % BLS12_381_G2_PRODUCT_SIZE != 0) {
        return PRECOMPILE_FAILED;
    }
    return answer_of(call, bls12_381_g2_msm(call->output, call->input.ptr, k, call->scratch),
                     BLS12_381_G2_SIZE);
}

enum precompile_result pre_bls12_pairing_check(struct precompile_call *call)
{
    size_t k = call->input.len / BLS12_381_PAIR_SIZE;
    if (!precompile_charge(call, 32600 * (uint64_t)k + 37700)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    bool is_one = false;
    if (call->input.len % BLS12_381_PAIR_SIZE != 0) {
        return PRECOMPILE_FAILED;
    }
    enum err e = bls12_381_pairing_check(&is_one, call->input.ptr, k);
    memset(call->output, 0, 32);
    call->output[31] = is_one;
    return answer_of(call, e, 32);
}

enum precompile_result pre_bls12_map_fp_to_g1(struct precompile_call *call)
{
    if (!precompile_charge(call, 5500)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len != BLS12_381_FP_SIZE) {
        return PRECOMPILE_FAILED;
    }
    return answer_of(call, bls12_381_map_fp_to_g1(call->output, call->input.ptr),
                     BLS12_381_G1_SIZE);
}

enum precompile_result pre_bls12_map_fp2_to_g2(struct precompile_call *call)
{
    if (!precompile_charge(call, 23800)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len != (size_t)2 * BLS12_381_FP_SIZE) {
        return PRECOMPILE_FAILED;
    }
    return answer_of(call, bls12_381_map_fp2_to_g2(call->output, call->input.ptr),
                     BLS12_381_G2_SIZE);
}
