/* EIP-2537's operations: vectors worked out by an independent model in affine coordinates on big
 * integers and, for the maps, from RFC 9380; the laws of groups and pairings; every rule of
 * validity broken one at a time. */

#include "crypto/bls12_381.h"

#include <stdio.h>
#include <string.h>

#include "crypto/bls12_381_group.h"
#include "crypto/bls12_381_pairing.h"
#include "tests/test.h"

#define ARENA_CAP ((size_t)4 << 20)

/* Points are written as their coordinates, 48 bytes each. Those named a to d are on the curve and
 * outside the subgroup. */

static const char g1_a[] = "18ff61a8bbd1102465830ef6df282ceed4c53513f1549f0e7e33e1ec5bc2e611"
                           "bba36df10d1f00256349e9f5e34340d006e4303321937e725d7d8dfe4924930a"
                           "d8abd70813d04a59a937817943b08015f4b815b3eec8ce4185bbfb463145c902";
static const char g1_b[] = "17552b1e53c48a1484efd70d7d63ba94c0fffd1e74310ebed03985674d0191f5"
                           "0b6856e142b98475f1107a58ff49a54a15d23e922fdc044c91e876332a0d11ef"
                           "fa995b3756d377f8ad2bacce8745d54cb94646b469383a0c268e00bd1bdfa221";
static const char g1_a_plus_b[] =
    "163ed383c817f410ff7ca0b21219cec3122f12e9df01f3679b477503b0725bcb"
    "2267e59175f237bec12cacec31bfc0cf0e843afde577c284c486019333b34568"
    "3891b64031b507cc827e4667e865881d243351274fc51a7096a2ad3fadbf98fe";
static const char g1_a_twice[] = "1654374d02fffa59c2f8389f0a6cb8e12482f94378405ad9bf28679954f181d0"
                                 "f60af2ecdd2a7cd8d52b794d48663ebe14c0b030645bc8f9611bf7e7f599806b"
                                 "804ee91518596f59cb3ae601cf7d4ce5b438f9efb1345776dc94a7981a592b92";
static const char g1_order_3[] = "0000000000000000000000000000000000000000000000000000000000000000"
                                 "000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd7"
                                 "64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaa9";
static const char g1_order_11[] =
    "0c3717e25ad230409612f9a3451250f57545329c4a1c819e365f0012683c71b6"
    "f9b0cf2e1575aff92fc42687fe81713d0537a4643525f5086d04c4e0879c276e"
    "4f9c7536cafe3a1366a7961c9ca151dfe743e127a6076d406028446d610f3538";
static const char g2_c[] = "003439822bf49f8b116b03f8497bc4174554aa4e2c8144ed4816bc6f6b0b7e14"
                           "d6016b167a1196af8193b4765de4ba3117a02e3e2f2dedf1ab4f2a2101681ed6"
                           "81a49221bb6d6e7710814c24650bb705a7322788cf6248c3220145ef280afb46"
                           "017ee71ff46f34e99b704842d64345b76ed7a697c1e41b03d2f4107ff6b9b3b5"
                           "eafaa1146406d86b548bcefb044208d313cbd81f7bf091d8a2fdd25ccffe8da7"
                           "0dae493cf90462b470455158580899771f13b5df331f8d3b39bdd74f6c0235d2";
static const char g2_d[] = "0cc2c543bd6c8d041f0bf490e2f0a664c4e5b3433e618a43ea39e78d4f579815"
                           "ca72d80a292f6c5e70056d65cd02f77604ee87e1febd4beca343ea0bb16f1dd1"
                           "9e46dd5c1477b005214c06e20ec7d019dcf8258bd026d4d2ccff73ba91795cac"
                           "11c4e0499b3a9e96730ec26e00e841fb017f707341dd201e931b4e38e1e05528"
                           "0daf7dad21f8ce5f83479b92ee7549e5034092168a024b98a57846dcf0b77367"
                           "19b5f7e2834a9455244281a11c2cbcc8f99f2bfd35b4ae03af2da25eee68c493";
static const char g2_c_plus_d[] =
    "07247a1de216ea5e5c9bb0cf7622621c1f733237098eb6c6968d5ee59d8e7c75"
    "928e48b5106cda3cfb80858fbf0596eb07f65797c588f59342defaa125fb2edc"
    "acf1b6c6f0ea29f90cbdcfb2472a20e54ce691c91462552cb9de3c9e4962fd1a"
    "05ff4b6823a7d460b5605c38b465d8681a28db8cf95765b18a9c1bb01b763bee"
    "8b087c73ab54b56ac7d26d203b1e806d0f6d917747d380dcb38ec84f28bae727"
    "3783782ba156948caa8af334a7587a6ae631b64e18083089921c34bd0878bc87";
static const char g2_c_twice[] = "0f1c1ab4fc213fb2ff5acdfed9f7923c7333e6e9e777a8ae2cd177ec6986632c"
                                 "e4988b3f30026b3a54d719f093bf43e80a7472ef58300d4689c3788bd82bfe4b"
                                 "c78096493066d4c92a2fb32b54615642cb3132c68eab252ca932c9dfc1d62285"
                                 "09d3303eddbf7368f5199d0f9b67e6595a23fe8465be452fab9a4e6c2e85b9c0"
                                 "3f7984bb12f20baa25b2d7fa2e064721037e2d11b65da5bc4d4d7c70418f24e7"
                                 "8cd79b3c0c8df303b6fb43873bc639cd43a77ae5266ce6c760eae0ad99f9c2ac";
static const char g2_order_13[] =
    "13b7f48eb7ac95d1c7490321f40cfb2dbccb990058baf729d901f5d92520d503"
    "4a57a9abfacb90de20743480448404e40c4887b4f6b2fb87c7848aec92b676a1"
    "45f4c4933b576de480084813d9310f630bf06f7ec2cbe9f3cc593c0e21afd963"
    "16835cc5b79933346b7ee16ee4a9976256833e129a875f3564f34453dd764294"
    "dd5d47b23d68b36a39ee07582d0b80520c41f24ba432d5cbcec0a2721ca4e1fc"
    "4ddc649176f8bf05b36ea11b681da34a5fda5b5703d229cae19bc328c9813f24";
static const char g2_order_23[] =
    "0b6268edb6c8b8a285b60bc84c6ae5aebf1cd3cd8544d47e54041db16cc38b70"
    "3d07ea77c459c48811241fb68d1a4a7905890da6e33e86de28ccfbd89a808034"
    "f1a2607205ccd1d096f3df4e1dd1fee5811cdb086481dd1f394433dfb8d83259"
    "17ce4734e15948ac1e486f9b4d0e309c1b10da600a656222bcd892563fb68f58"
    "4a3ec0b53d0e48e8aabfa477b33ed26b14020bacf43758a34899f43c73727aad"
    "c7117c0a908db6a5a4771146e90d7a6e075838f9d03ab10917d9217ebdf05fbd";
static const char g1_sum[] = "0f0d84051cca25da44894e5784b0e1d2a2b4a72bfdc7154e15679178ccdf2591"
                             "d03d5d4252160d3ca767cc6f4aa1f01b0cd13230d741e6a8675b014927c53596"
                             "967800152179139082c87fc1b79ef1fe4e0f16a739c17cba2fbdf6772c05594a";
static const char g2_sum[] = "1059382b532b4e9b5e04bc2566abfa5eb3f698961426a68cd3b9daedba04cf02"
                             "68b493b6c2d47c0a3766cfe6cf9ca162192305c3f638db1ec75d7aef49540f81"
                             "c9fa36585717371abafb6f0c9e5cb3ad8f46eddee667e41505964d66176f0b5f"
                             "080b4fb4998a78566d67e63e2e6f9bb46a8a2d1046be792450f37f45cffab2bc"
                             "32bcba1fd38833141b37b6879e5398be12392c59d5df74e29081f5294b7296a9"
                             "59e2f5fade6dc738d4566a7b5e93d3ed3b61676ef42f90c5945ec57df9844cd8";
static const char *const g1_points[3] = {
    "0c891bae621c7474bc1045a7d4e223a049dc02c04470a5d11c04042daa43134f"
    "3278e2d912e9f3686cf6b07c8031877315a21cb244fb9716a165e7ced901709c"
    "0a4d173ceee82f5aa481b3ba0f3ef9a34a42c5bf8acc556581889012d7863b04",
    "13adb0fc8e538b543d5266558c78a79583dab7439772989df210c65819ad8405"
    "fe4a550e83059fcf83291cddb70b43b40bc53fa2c7ab24d11100d946000e76e8"
    "4e00fc3a23d0a25ef468bc087caaf73d65529790db9a6522028291b61818c7db",
    "01188f74525a1eda89740344d52ce2dccc45ac12f0269100094d1edc882fddd0"
    "9cf170842ce6c1de5bdcff58dc50910d098c203f00dd5ac626ad9cceaf2f1fa0"
    "ef3b5423385ad1b8efa3f2e975a48b1a274e917b2e293ef9c813634b53b9de6e"};
static const char *const g2_points[3] = {
    "10736de4b45df86070c4006a195e950f98d5e46a22f5a0d6d226c74e04b680d9"
    "2a71bbdb28529ac1169ccfd7db2d852a15c552871a26992b2c47579f92cfe800"
    "842fdb44f92caf437315a26d69b6648080406e85ad64c226ca8989b5c794910e"
    "08b9c2585aacf13da4491d972222116bd0826ebe9d95d94a8b6e49d8aa8c1f4c"
    "0ae0a5a35f87f558268b57b5be4c40f405f8d7409ecb52e2008827faa5fabda6"
    "c6d846d912d9c745d130c26ec16f82be75300549212e67f9f815c749173f1078",
    "13a41213c4601f5ebd73d72340ad1ab90ad245993df0f3c0c354926614f5883a"
    "b95ca9812fa192a689e1992299962b360fa4aadba6f1d877d3ac124539d4565c"
    "cfc360d2a5d33c3be2aee87d4b31ca66f66d4a9a636c2ce6e11e522cf7603197"
    "0f744c45d0ec583ca51d200bb0e70f00b44cf96ae3d153efe1a98f4b1d34ca4b"
    "80b118db003944e423c582a957011e410beb000e40e2e72ea9ea5feead44d6a5"
    "e649ba3d41b9e57441bb9463e63ddf1f05f58c03839f97af5048c371109e67b6",
    "080cf77e403ad7cbcc0eab9d6925de6dcc8768f486aa790bbe81796b57125150"
    "28d374ed569e806875d7d8ae5dbbc2dc0863eafc6040b0b7fb416d29d16b69a8"
    "20305228414592c8f5170a9cfa8840b5736136742f9946e847353937327b9e0c"
    "06839ff1dfba7d88035eddd4850a165ec2a88c470bfa63e97e2590dfe6c18d29"
    "378e532de4c990c2a76c1d3841010049146c899064e9955e3741f2530df2c8f1"
    "ddf3f5086da1e2dc537f4df03bde1027ff8b0c4bf745c496f1a3c60e05abb543"};
static const char *const scalars[3] = {
    "6a1fcf50b7b626b4fd40537d56d4085a119adeb65968bea36f478439cd7a4cd9",
    "ad6191889f02a7f70364712bd25792a26a3a668643c855998fa812346144d765",
    "0350c4241c2b62702177c1b1c070005f593a4459e6a0a817c764b95854011c78"};

static const char g1_generator[] =
    "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
    "6c55e83ff97a1aeffb3af00adb22c6bb"
    "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
    "d03cc744a2888ae40caa232946c5e7e1";
static const char g2_generator[] =
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
    "0bac0326a805bbefd48056c8c121bdb8"
    "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
    "334cf11213945d57e5ac7d055d042b7e"
    "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
    "923ac9cc3baca289e193548608b82801"
    "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
    "3f370d275cec1da1aaa9075ff05f79be";
static const char field_prime[] = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                                  "1eabfffeb153ffffb9feffffffffaaab";
static const char group_order[] =
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

/* expand writes coordinates in hex as EIP-2537 encodes them; returns how many bytes. */
static size_t expand(uint8_t *out, const char *hex)
{
    uint8_t bytes[4 * 48];
    size_t count = test_hex(bytes, sizeof(bytes), hex) / 48;
    for (size_t i = 0; i < count; i++) {
        memset(out + i * BLS12_381_FP_SIZE, 0, 16);
        memcpy(out + i * BLS12_381_FP_SIZE + 16, bytes + i * 48, 48);
    }
    return count * BLS12_381_FP_SIZE;
}

/* The encodings used all over. */
struct points {
    uint8_t g1[BLS12_381_G1_SIZE];
    uint8_t g2[BLS12_381_G2_SIZE];
    uint8_t g1_outside[BLS12_381_G1_SIZE];
    uint8_t g2_outside[BLS12_381_G2_SIZE];
    uint8_t zeros[BLS12_381_G2_SIZE];
};

static struct points points(void)
{
    struct points p = {.zeros = {0}};
    expand(p.g1, g1_generator);
    expand(p.g2, g2_generator);
    expand(p.g1_outside, g1_a);
    expand(p.g2_outside, g2_c);
    return p;
}

static struct arena arena_new(void)
{
    struct arena arena;
    arena_init(&arena, test_region(ARENA_CAP), ARENA_CAP);
    return arena;
}

static void arena_free(struct arena *arena)
{
    CHECK_EQ(arena->used, 0);
    test_region_free(arena->base, ARENA_CAP);
}

/* negate negates a point: p - y for each coordinate of y that is not zero. */
static void negate(uint8_t *point, size_t size)
{
    uint8_t p[48];
    test_hex(p, sizeof(p), field_prime);
    for (uint8_t *y = point + size / 2; y < point + size; y += BLS12_381_FP_SIZE) {
        int borrow = 0;
        bool is_zero = true;
        for (size_t i = 16; i < BLS12_381_FP_SIZE; i++) {
            is_zero = is_zero && y[i] == 0;
        }
        for (size_t i = 48; !is_zero && i-- > 0;) {
            int digit = p[i] - y[16 + i] - borrow;
            borrow = digit < 0;
            y[16 + i] = (uint8_t)(digit & 0xff);
        }
    }
}

static void scalar_from(uint8_t out[static 32], uint64_t value)
{
    memset(out, 0, 32);
    store_be64(out + 24, value);
}

/* g1_times and g2_times: a sum of one product. */
static enum err g1_times(uint8_t *out, const uint8_t *point, const uint8_t *scalar)
{
    uint8_t in[BLS12_381_G1_PRODUCT_SIZE];
    memcpy(in, point, BLS12_381_G1_SIZE);
    memcpy(in + BLS12_381_G1_SIZE, scalar, 32);
    struct arena arena = arena_new();
    enum err e = bls12_381_g1_msm(out, in, 1, &arena);
    arena_free(&arena);
    return e;
}

static enum err g2_times(uint8_t *out, const uint8_t *point, const uint8_t *scalar)
{
    uint8_t in[BLS12_381_G2_PRODUCT_SIZE];
    memcpy(in, point, BLS12_381_G2_SIZE);
    memcpy(in + BLS12_381_G2_SIZE, scalar, 32);
    struct arena arena = arena_new();
    enum err e = bls12_381_g2_msm(out, in, 1, &arena);
    arena_free(&arena);
    return e;
}

/* ---- additions ------------------------------------------------------------------------------- */

/* A group and its addition, so that one test serves both. */
struct group {
    size_t size;
    enum err (*add)(uint8_t *out, const uint8_t *in);
    const char *a, *b, *a_plus_b, *a_twice;
};

static enum err g1_add(uint8_t *out, const uint8_t *in)
{
    return bls12_381_g1_add(out, in);
}

static enum err g2_add(uint8_t *out, const uint8_t *in)
{
    return bls12_381_g2_add(out, in);
}

static const struct group groups[2] = {
    {BLS12_381_G1_SIZE, g1_add, g1_a, g1_b, g1_a_plus_b, g1_a_twice},
    {BLS12_381_G2_SIZE, g2_add, g2_c, g2_d, g2_c_plus_d, g2_c_twice},
};

static enum err add(const struct group *g, uint8_t *out, const uint8_t *a, const uint8_t *b)
{
    uint8_t in[2 * BLS12_381_G2_SIZE];
    memcpy(in, a, g->size);
    memcpy(in + g->size, b, g->size);
    return g->add(out, test_guarded(in, 2 * g->size));
}

/* EIP-2537: "There is no subgroup check for the G1 addition precompile." */
static void adds_points_of_any_order(void)
{
    for (size_t i = 0; i < 2; i++) {
        const struct group *g = &groups[i];
        uint8_t a[BLS12_381_G2_SIZE];
        uint8_t b[BLS12_381_G2_SIZE];
        uint8_t want[BLS12_381_G2_SIZE];
        uint8_t out[BLS12_381_G2_SIZE];
        CHECK_EQ(expand(a, g->a), g->size);
        CHECK_EQ(expand(b, g->b), g->size);
        expand(want, g->a_plus_b);
        CHECK_EQ(add(g, out, a, b), OK);
        CHECK_BYTES(out, want, g->size);
        CHECK_EQ(add(g, out, b, a), OK);
        CHECK_BYTES(out, want, g->size);
        expand(want, g->a_twice);
        CHECK_EQ(add(g, out, a, a), OK);
        CHECK_BYTES(out, want, g->size);
    }
}

/* (0, 2) and (0, -2) are points of order three: half of what stands for infinity is not infinity.
 */
static void adds_points_with_a_coordinate_of_zero(void)
{
    struct points p = points();
    uint8_t t[BLS12_381_G1_SIZE];
    uint8_t minus_t[BLS12_381_G1_SIZE];
    uint8_t out[BLS12_381_G1_SIZE];
    uint8_t other[BLS12_381_G1_SIZE];
    expand(t, g1_order_3);
    expand(minus_t, g1_order_3);
    negate(minus_t, sizeof(minus_t));
    CHECK_EQ(add(&groups[0], out, t, t), OK);
    CHECK_BYTES(out, minus_t, sizeof(out));
    CHECK_EQ(add(&groups[0], out, t, minus_t), OK);
    CHECK_BYTES(out, p.zeros, sizeof(out));
    CHECK_EQ(add(&groups[0], out, t, p.g1), OK);
    CHECK(memcmp(out, p.g1, sizeof(out)) != 0);
    CHECK_EQ(add(&groups[0], other, p.g1, t), OK);
    CHECK_BYTES(out, other, sizeof(out));
    CHECK_EQ(add(&groups[0], out, out, minus_t), OK);
    CHECK_BYTES(out, p.g1, sizeof(out));
}

static void adds_as_a_group(void)
{
    static const uint8_t infinity[BLS12_381_G2_SIZE];
    for (size_t i = 0; i < 2; i++) {
        const struct group *g = &groups[i];
        uint8_t a[BLS12_381_G2_SIZE];
        uint8_t b[BLS12_381_G2_SIZE];
        uint8_t out[BLS12_381_G2_SIZE];
        uint8_t other[BLS12_381_G2_SIZE];
        expand(a, g->a);
        expand(b, g->b);
        /* the neutral element, on each side and on both */
        CHECK_EQ(add(g, out, a, infinity), OK);
        CHECK_BYTES(out, a, g->size);
        CHECK_EQ(add(g, out, infinity, a), OK);
        CHECK_BYTES(out, a, g->size);
        CHECK_EQ(add(g, out, infinity, infinity), OK);
        CHECK_BYTES(out, infinity, g->size);
        /* inverses */
        memcpy(other, a, g->size);
        negate(other, g->size);
        CHECK_EQ(add(g, out, a, other), OK);
        CHECK_BYTES(out, infinity, g->size);
        /* (a + b) - a = b */
        CHECK_EQ(add(g, out, a, b), OK);
        CHECK_EQ(add(g, out, out, other), OK);
        CHECK_BYTES(out, b, g->size);
        /* (a + b) + b = a + 2b */
        CHECK_EQ(add(g, out, a, b), OK);
        CHECK_EQ(add(g, out, out, b), OK);
        CHECK_EQ(add(g, other, b, b), OK);
        CHECK_EQ(add(g, other, a, other), OK);
        CHECK_BYTES(out, other, g->size);
    }
}

static void adds_in_place(void)
{
    for (size_t i = 0; i < 2; i++) {
        const struct group *g = &groups[i];
        uint8_t want[BLS12_381_G2_SIZE];
        expand(want, g->a_plus_b);
        for (size_t offset = 0; offset <= g->size; offset += 16) {
            uint8_t buffer[2 * BLS12_381_G2_SIZE];
            expand(buffer, g->a);
            expand(buffer + g->size, g->b);
            CHECK_EQ(g->add(buffer + offset, buffer), OK);
            CHECK_BYTES(buffer + offset, want, g->size);
        }
    }
}

/* ---- validity -------------------------------------------------------------------------------- */

/* An operation, a valid input for it, and how much of that are field elements; where it has
 * scalars, the input is one product. */
struct operation {
    const char *name;
    size_t in_size, elements_size, out_size;
    bool checks_subgroups;
    enum err (*run)(uint8_t *out, const uint8_t *in, struct arena *arena);
};

static enum err run_g1_add(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    (void)arena;
    return bls12_381_g1_add(out, in);
}

static enum err run_g2_add(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    (void)arena;
    return bls12_381_g2_add(out, in);
}

static enum err run_g1_msm(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    return bls12_381_g1_msm(out, in, 1, arena);
}

static enum err run_g2_msm(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    return bls12_381_g2_msm(out, in, 1, arena);
}

static enum err run_pairing(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    (void)arena;
    bool is_one = false;
    enum err e = bls12_381_pairing_check(&is_one, in, 1);
    if (e == OK) {
        out[0] = is_one;
    }
    return e;
}

static enum err run_map_g1(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    (void)arena;
    return bls12_381_map_fp_to_g1(out, in);
}

static enum err run_map_g2(uint8_t *out, const uint8_t *in, struct arena *arena)
{
    (void)arena;
    return bls12_381_map_fp2_to_g2(out, in);
}

static const struct operation operations[] = {
    {"g1 add", 256, 256, 128, false, run_g1_add},    {"g2 add", 512, 512, 256, false, run_g2_add},
    {"g1 msm", 160, 128, 128, true, run_g1_msm},     {"g2 msm", 288, 256, 256, true, run_g2_msm},
    {"pairing", 384, 384, 1, true, run_pairing},     {"map to g1", 64, 64, 128, false, run_map_g1},
    {"map to g2", 128, 128, 256, false, run_map_g2},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* valid_input fills in a valid input of an operation: generators, or numbers for the maps. */
static void valid_input(uint8_t *in, const struct operation *op)
{
    struct points p = points();
    memset(in, 1, op->in_size);
    size_t size = op->elements_size;
    if (op->run == run_pairing) {
        memcpy(in, p.g1, 128);
        memcpy(in + 128, p.g2, 256);
    } else if (op->run == run_g1_add || op->run == run_g1_msm) {
        for (size_t i = 0; i < size; i += 128) {
            memcpy(in + i, p.g1, 128);
        }
    } else if (op->run == run_g2_add || op->run == run_g2_msm) {
        for (size_t i = 0; i < size; i += 256) {
            memcpy(in + i, p.g2, 256);
        }
    } else {
        memcpy(in, p.g2, size);
    }
}

/* refuses tells whether an operation refuses an input as malformed and leaves its output alone. */
static bool refuses(const struct operation *op, const uint8_t *in)
{
    struct arena arena = arena_new();
    uint8_t out[BLS12_381_G2_SIZE];
    uint8_t before[BLS12_381_G2_SIZE];
    memset(out, 0xa5, sizeof(out));
    memset(before, 0xa5, sizeof(before));
    enum err e = op->run(out, in, &arena);
    bool is_kept = memcmp(out, before, sizeof(out)) == 0;
    arena_free(&arena);
    if (e == ERR_MALFORMED && !is_kept) {
        test_fail(__FILE__, __LINE__, "%s: wrote its output", op->name);
    }
    return e == ERR_MALFORMED;
}

static void accepts_what_is_valid(void)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        uint8_t in[512];
        valid_input(in, &operations[i]);
        CHECK(!refuses(&operations[i], in));
    }
}

/* EIP-2537: "The corresponding integer must be less than field modulus", and "the top 16 bytes are
 * always zeroes ... this must be checked". */
static void refuses_field_elements_that_are_too_large(void)
{
    uint8_t p[48];
    test_hex(p, sizeof(p), field_prime);
    for (size_t i = 0; i < OPERATIONS; i++) {
        const struct operation *op = &operations[i];
        for (size_t element = 0; element < op->elements_size; element += BLS12_381_FP_SIZE) {
            uint8_t in[512];
            valid_input(in, op);
            for (size_t byte = 0; byte < 16; byte++) {
                for (uint8_t bit = 1; bit != 0; bit = (uint8_t)(bit << 1)) {
                    in[element + byte] = bit;
                    CHECK(refuses(op, in));
                }
                in[element + byte] = 0;
            }
            memcpy(in + element + 16, p, 48);
            CHECK(refuses(op, in)); /* p: 0 if it were reduced */
            in[element + 63]++;
            CHECK(refuses(op, in));
            memset(in + element + 16, 0xff, 48);
            CHECK(refuses(op, in));
            /* The same number plus p, which is the same element. */
            valid_input(in, op);
            unsigned carry = 0;
            for (size_t j = 48; j-- > 0;) {
                carry += (unsigned)in[element + 16 + j] + p[j];
                in[element + 16 + j] = (uint8_t)carry;
                carry >>= 8;
            }
            CHECK(refuses(op, in));
        }
    }
}

static void maps_take_every_field_element(void)
{
    uint8_t in[2 * BLS12_381_FP_SIZE] = {0};
    uint8_t out[BLS12_381_G2_SIZE];
    CHECK_EQ(bls12_381_map_fp_to_g1(out, in), OK);
    CHECK_EQ(bls12_381_map_fp2_to_g2(out, in), OK);
    for (size_t i = 0; i < 2; i++) {
        test_hex(in + i * BLS12_381_FP_SIZE + 16, 48, field_prime);
        in[i * BLS12_381_FP_SIZE + 63]--;
    }
    CHECK_EQ(bls12_381_map_fp_to_g1(out, in), OK);
    CHECK_EQ(bls12_381_map_fp2_to_g2(out, in), OK);
}

/* Any one bit of a coordinate of a point changed gives a point off the curve (or a number not below
 * p): with x kept, y is one of two that differ in more; with y kept, x is one of three. */
static void refuses_points_off_the_curve(void)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        const struct operation *op = &operations[i];
        if (op->run == run_map_g1 || op->run == run_map_g2) {
            continue;
        }
        uint8_t in[512];
        valid_input(in, op);
        for (size_t bit = 0; bit < op->elements_size * 8; bit += 3) {
            in[bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK(refuses(op, in));
            in[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        /* Infinity is the one point with a coordinate of zero that is not on the curve. */
        size_t point = op->run == run_g2_add || op->run == run_g2_msm ? 256 : 128;
        memset(in, 0, point / 2);
        CHECK(refuses(op, in));
        valid_input(in, op);
        memset(in + point / 2, 0, point / 2);
        CHECK(refuses(op, in));
        memset(in, 0, point);
        CHECK(!refuses(op, in));
        in[point - 1] = 1;
        CHECK(refuses(op, in));
    }
}

/* EIP-2537: "An input is on the G1 elliptic curve but not in the correct subgroup" fails the sums
 * of products and the pairing check. Points of small order are the ones on which formulas that
 * leave out special cases give wrong answers: for those of order 13 and 11 the walk along z =
 * 0b1101... meets its own inverse. */
static void refuses_points_outside_the_subgroup(void)
{
    const char *const outside[2][4] = {{g1_a, g1_b, g1_order_3, g1_order_11},
                                       {g2_c, g2_d, g2_order_13, g2_order_23}};
    for (size_t i = 0; i < 4; i++) {
        uint8_t in[512];
        valid_input(in, &operations[0]);
        expand(in, outside[0][i]);
        CHECK(!refuses(&operations[0], in));
        valid_input(in, &operations[2]);
        expand(in, outside[0][i]);
        CHECK(refuses(&operations[2], in));
        memset(in + 128, 0, 32); /* the scalar 0 is no excuse */
        CHECK(refuses(&operations[2], in));

        valid_input(in, &operations[3]);
        expand(in, outside[1][i]);
        CHECK(refuses(&operations[3], in));
        memset(in + 256, 0, 32);
        CHECK(refuses(&operations[3], in));
        valid_input(in, &operations[1]);
        expand(in, outside[1][i]);
        CHECK(!refuses(&operations[1], in));

        const struct operation *pairing = &operations[4];
        valid_input(in, pairing);
        expand(in, outside[0][i]);
        CHECK(refuses(pairing, in));
        memset(in + 128, 0, 256); /* and neither is infinity on the other side */
        CHECK(refuses(pairing, in));
        valid_input(in, pairing);
        expand(in + 128, outside[1][i]);
        CHECK(refuses(pairing, in));
        memset(in, 0, 128);
        CHECK(refuses(pairing, in));
    }
}

static void refuses_empty_input(void)
{
    struct arena arena = arena_new();
    uint8_t out[BLS12_381_G2_SIZE];
    bool is_one;
    CHECK_EQ(bls12_381_g1_msm(out, out, 0, &arena), ERR_MALFORMED);
    CHECK_EQ(bls12_381_g2_msm(out, out, 0, &arena), ERR_MALFORMED);
    CHECK_EQ(bls12_381_pairing_check(&is_one, out, 0), ERR_MALFORMED);
    arena_free(&arena);
}

/* ---- sums of products ------------------------------------------------------------------------ */

static void sums_products(void)
{
    uint8_t g1[3 * BLS12_381_G1_PRODUCT_SIZE];
    uint8_t g2[3 * BLS12_381_G2_PRODUCT_SIZE];
    for (size_t i = 0; i < 3; i++) {
        uint8_t *to = g1 + i * BLS12_381_G1_PRODUCT_SIZE;
        to += expand(to, g1_points[i]);
        test_hex(to, 32, scalars[i]);
        to = g2 + i * BLS12_381_G2_PRODUCT_SIZE;
        to += expand(to, g2_points[i]);
        test_hex(to, 32, scalars[i]);
    }
    uint8_t want[BLS12_381_G2_SIZE];
    uint8_t out[BLS12_381_G2_SIZE];
    struct arena arena = arena_new();
    expand(want, g1_sum);
    CHECK_EQ(bls12_381_g1_msm(out, test_guarded(g1, sizeof(g1)), 3, &arena), OK);
    CHECK_BYTES(out, want, BLS12_381_G1_SIZE);
    CHECK_EQ(bls12_381_g1_msm(g1, g1, 3, &arena), OK); /* in place */
    CHECK_BYTES(g1, want, BLS12_381_G1_SIZE);
    expand(want, g2_sum);
    CHECK_EQ(bls12_381_g2_msm(out, test_guarded(g2, sizeof(g2)), 3, &arena), OK);
    CHECK_BYTES(out, want, BLS12_381_G2_SIZE);
    CHECK_EQ(bls12_381_g2_msm(g2, g2, 3, &arena), OK);
    CHECK_BYTES(g2, want, BLS12_381_G2_SIZE);
    arena_free(&arena);
}

/* EIP-2537: the scalar "is not required to be less than or equal to main subgroup order". */
static void takes_any_scalar(void)
{
    struct points p = points();
    uint8_t k[32];
    uint8_t out[BLS12_381_G2_SIZE];
    uint8_t other[BLS12_381_G2_SIZE];
    uint8_t minus_g1[BLS12_381_G1_SIZE];
    uint8_t minus_g2[BLS12_381_G2_SIZE];
    memcpy(minus_g1, p.g1, sizeof(minus_g1));
    memcpy(minus_g2, p.g2, sizeof(minus_g2));
    negate(minus_g1, sizeof(minus_g1));
    negate(minus_g2, sizeof(minus_g2));

    scalar_from(k, 0);
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    CHECK_BYTES(out, p.zeros, BLS12_381_G1_SIZE);
    CHECK_EQ(g2_times(out, p.g2, k), OK);
    CHECK_BYTES(out, p.zeros, BLS12_381_G2_SIZE);
    scalar_from(k, 1);
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    CHECK_BYTES(out, p.g1, BLS12_381_G1_SIZE);
    CHECK_EQ(g2_times(out, p.g2, k), OK);
    CHECK_BYTES(out, p.g2, BLS12_381_G2_SIZE);

    test_hex(k, 32, group_order);
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    CHECK_BYTES(out, p.zeros, BLS12_381_G1_SIZE);
    CHECK_EQ(g2_times(out, p.g2, k), OK);
    CHECK_BYTES(out, p.zeros, BLS12_381_G2_SIZE);
    k[31] = 2; /* r + 1 */
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    CHECK_BYTES(out, p.g1, BLS12_381_G1_SIZE);
    CHECK_EQ(g2_times(out, p.g2, k), OK);
    CHECK_BYTES(out, p.g2, BLS12_381_G2_SIZE);
    k[31] = 0; /* r - 1 */
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    CHECK_BYTES(out, minus_g1, BLS12_381_G1_SIZE);
    CHECK_EQ(g2_times(out, p.g2, k), OK);
    CHECK_BYTES(out, minus_g2, BLS12_381_G2_SIZE);

    /* 2^256 - 1 = 2r + (2^256 - 1 - 2r) */
    memset(k, 0xff, 32);
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    CHECK_EQ(g2_times(other, p.g2, k), OK);
    test_hex(k, 32, "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffd");
    uint8_t reduced[BLS12_381_G2_SIZE];
    CHECK_EQ(g1_times(reduced, p.g1, k), OK);
    CHECK_BYTES(out, reduced, BLS12_381_G1_SIZE);
    CHECK_EQ(g2_times(reduced, p.g2, k), OK);
    CHECK_BYTES(other, reduced, BLS12_381_G2_SIZE);
}

/* fill_products makes `count` products with points from 64-bit multiples of the generator and
 * random scalars; some scalars zero, some points infinity, repeated or each other's inverse. */
static void fill_products(uint8_t *g1, uint8_t *g2, size_t count)
{
    struct points p = points();
    for (size_t i = 0; i < count; i++) {
        uint8_t *to1 = g1 + i * BLS12_381_G1_PRODUCT_SIZE;
        uint8_t *to2 = g2 + i * BLS12_381_G2_PRODUCT_SIZE;
        uint64_t kind = test_random() % 8;
        uint8_t k[32];
        scalar_from(k, i + 1);
        if (kind == 0 || g1_times(to1, p.g1, k) != OK || g2_times(to2, p.g2, k) != OK) {
            memset(to1, 0, BLS12_381_G1_SIZE);
            memset(to2, 0, BLS12_381_G2_SIZE);
        }
        test_random_bytes(to1 + BLS12_381_G1_SIZE, 32);
        if (kind == 1) {
            memset(to1 + BLS12_381_G1_SIZE, 0, 32);
        } else if (kind >= 2 && kind <= 4 && i > 0) {
            memcpy(to1, to1 - BLS12_381_G1_PRODUCT_SIZE, BLS12_381_G1_PRODUCT_SIZE);
            memcpy(to2, to2 - BLS12_381_G2_PRODUCT_SIZE, BLS12_381_G2_PRODUCT_SIZE);
            if (kind == 3) {
                negate(to1, BLS12_381_G1_SIZE);
                negate(to2, BLS12_381_G2_SIZE);
            }
        }
        memcpy(to2 + BLS12_381_G2_SIZE, to1 + BLS12_381_G1_SIZE, 32);
    }
}

#define PRODUCTS_MAX 130

/* A sum of products is the sum of its products, on both sides of the change of method. */
static void sums_of_products_are_sums(void)
{
    static uint8_t g1[PRODUCTS_MAX * BLS12_381_G1_PRODUCT_SIZE];
    static uint8_t g2[PRODUCTS_MAX * BLS12_381_G2_PRODUCT_SIZE];
    static const size_t counts[] = {1,
                                    2,
                                    5,
                                    BLS12_381_G2_TERMS_MAX,
                                    BLS12_381_G2_TERMS_MAX + 1,
                                    BLS12_381_G1_TERMS_MAX,
                                    BLS12_381_G1_TERMS_MAX + 1,
                                    PRODUCTS_MAX};
    fill_products(g1, g2, PRODUCTS_MAX);
    uint8_t want1[BLS12_381_G1_SIZE] = {0};
    uint8_t want2[BLS12_381_G2_SIZE] = {0};
    struct arena arena = arena_new();
    size_t summed = 0;
    for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
        for (; summed < counts[c]; summed++) {
            uint8_t out[BLS12_381_G2_SIZE];
            CHECK_EQ(bls12_381_g1_msm(out, g1 + summed * BLS12_381_G1_PRODUCT_SIZE, 1, &arena), OK);
            CHECK_EQ(add(&groups[0], want1, want1, out), OK);
            CHECK_EQ(bls12_381_g2_msm(out, g2 + summed * BLS12_381_G2_PRODUCT_SIZE, 1, &arena), OK);
            CHECK_EQ(add(&groups[1], want2, want2, out), OK);
        }
        uint8_t out[BLS12_381_G2_SIZE];
        CHECK_EQ(bls12_381_g1_msm(out, g1, summed, &arena), OK);
        CHECK_BYTES(out, want1, BLS12_381_G1_SIZE);
        CHECK_EQ(bls12_381_g2_msm(out, g2, summed, &arena), OK);
        CHECK_BYTES(out, want2, BLS12_381_G2_SIZE);
    }
    arena_free(&arena);
}

/* One bad point among many is found wherever it is. */
static void refuses_one_bad_point_of_many(void)
{
    static uint8_t g1[PRODUCTS_MAX * BLS12_381_G1_PRODUCT_SIZE];
    static uint8_t g2[PRODUCTS_MAX * BLS12_381_G2_PRODUCT_SIZE];
    struct points p = points();
    struct arena arena = arena_new();
    fill_products(g1, g2, PRODUCTS_MAX);
    static const size_t places[] = {0, 1, 27, 28, 55, 56, PRODUCTS_MAX - 1};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint8_t saved1[BLS12_381_G1_SIZE];
        uint8_t saved2[BLS12_381_G2_SIZE];
        uint8_t out[BLS12_381_G2_SIZE];
        uint8_t *at1 = g1 + places[i] * BLS12_381_G1_PRODUCT_SIZE;
        uint8_t *at2 = g2 + places[i] * BLS12_381_G2_PRODUCT_SIZE;
        memcpy(saved1, at1, sizeof(saved1));
        memcpy(saved2, at2, sizeof(saved2));
        memcpy(at1, p.g1_outside, sizeof(saved1));
        memcpy(at2, p.g2_outside, sizeof(saved2));
        CHECK_EQ(bls12_381_g1_msm(out, g1, PRODUCTS_MAX, &arena), ERR_MALFORMED);
        CHECK_EQ(bls12_381_g2_msm(out, g2, PRODUCTS_MAX, &arena), ERR_MALFORMED);
        CHECK_EQ(bls12_381_g1_msm(out, g1, places[i] + 1, &arena), ERR_MALFORMED);
        CHECK_EQ(bls12_381_g2_msm(out, g2, places[i] + 1, &arena), ERR_MALFORMED);
        memcpy(at1, saved1, sizeof(saved1));
        memcpy(at2, saved2, sizeof(saved2));
    }
    arena_free(&arena);
}

/* However little memory there is, the answer is right or ERR_MEMORY, and the arena is given back.
 */
static void says_when_memory_is_short(void)
{
    static uint8_t g1[PRODUCTS_MAX * BLS12_381_G1_PRODUCT_SIZE];
    static uint8_t g2[PRODUCTS_MAX * BLS12_381_G2_PRODUCT_SIZE];
    fill_products(g1, g2, PRODUCTS_MAX);
    uint8_t *region = test_region(ARENA_CAP);
    static const size_t counts[] = {3, PRODUCTS_MAX};
    for (size_t c = 0; c < 2; c++) {
        size_t failed = 0;
        bool is_done = false;
        for (size_t cap = 4096; !is_done; cap += cap / 4) {
            CHECK(cap <= ARENA_CAP);
            struct arena arena;
            uint8_t out[BLS12_381_G2_SIZE];
            arena_init(&arena, region, cap / 64 * 64);
            enum err e1 = bls12_381_g1_msm(out, g1, counts[c], &arena);
            enum err e2 = bls12_381_g2_msm(out, g2, counts[c], &arena);
            CHECK(e1 == OK || e1 == ERR_MEMORY);
            CHECK(e2 == OK || e2 == ERR_MEMORY);
            CHECK_EQ(arena.used, 0);
            failed += e1 != OK || e2 != OK;
            is_done = e1 == OK && e2 == OK;
        }
        CHECK(failed > 0);
    }
    test_region_free(region, ARENA_CAP);
}

/* ---- pairings -------------------------------------------------------------------------------- */

/* put_pair writes the pair (a G1, b G2). */
static void put_pair(uint8_t *out, uint64_t a, uint64_t b)
{
    struct points p = points();
    uint8_t k[32];
    scalar_from(k, a);
    CHECK_EQ(g1_times(out, p.g1, k), OK);
    scalar_from(k, b);
    CHECK_EQ(g2_times(out + BLS12_381_G1_SIZE, p.g2, k), OK);
}

static bool product_is_one(const uint8_t *pairs, size_t count)
{
    bool is_one = false;
    const uint8_t *in = test_guarded(pairs, count * BLS12_381_PAIR_SIZE);
    enum err e = bls12_381_pairing_check(&is_one, in, count);
    if (e != OK) {
        test_fail(__FILE__, __LINE__, "pairing check: %s", err_name(e));
    }
    return is_one;
}

static void pairs_bilinearly(void)
{
    uint8_t pairs[3 * BLS12_381_PAIR_SIZE];
    uint8_t *second = pairs + BLS12_381_PAIR_SIZE;
    uint8_t *third = second + BLS12_381_PAIR_SIZE;
    put_pair(pairs, 1, 1);
    CHECK(!product_is_one(pairs, 1)); /* not degenerate */
    /* e(6G1, 35G2) = e(14G1, 15G2) */
    put_pair(pairs, 6, 35);
    put_pair(second, 14, 15);
    CHECK(!product_is_one(pairs, 2));
    negate(second, BLS12_381_G1_SIZE);
    CHECK(product_is_one(pairs, 2));
    negate(second, BLS12_381_G1_SIZE);
    negate(second + BLS12_381_G1_SIZE, BLS12_381_G2_SIZE);
    CHECK(product_is_one(pairs, 2));
    put_pair(second, 14, 16);
    negate(second, BLS12_381_G1_SIZE);
    CHECK(!product_is_one(pairs, 2));
    /* e(2G1, 3G2) e(5G1, 7G2) = e(41G1, G2) */
    put_pair(pairs, 2, 3);
    put_pair(second, 5, 7);
    put_pair(third, 41, 1);
    negate(third, BLS12_381_G1_SIZE);
    CHECK(product_is_one(pairs, 3));
    put_pair(third, 1, 41);
    negate(third + BLS12_381_G1_SIZE, BLS12_381_G2_SIZE);
    CHECK(product_is_one(pairs, 3));
    put_pair(third, 41, 1);
    CHECK(!product_is_one(pairs, 3));
}

static void pairs_infinity_to_one(void)
{
    struct points p = points();
    uint8_t pairs[2 * BLS12_381_PAIR_SIZE] = {0};
    CHECK(product_is_one(pairs, 1));
    CHECK(product_is_one(pairs, 2));
    memcpy(pairs, p.g1, BLS12_381_G1_SIZE); /* (G1, 0) */
    CHECK(product_is_one(pairs, 1));
    CHECK(product_is_one(pairs, 2));
    memcpy(pairs + BLS12_381_PAIR_SIZE + BLS12_381_G1_SIZE, p.g2, BLS12_381_G2_SIZE);
    CHECK(product_is_one(pairs, 2)); /* (G1, 0), (0, G2) */
    memcpy(pairs + BLS12_381_G1_SIZE, p.g2, BLS12_381_G2_SIZE);
    CHECK(!product_is_one(pairs, 2)); /* (G1, G2), (0, G2) */
}

/* Whole and broken chunks of BLS12_381_PAIRS_MAX pairs, with pairs of infinity among them that do
 * not count: e(G1, G2)^n e(-n G1, G2) = 1. */
static void pairs_many(void)
{
    enum { MANY = 2 * BLS12_381_PAIRS_MAX + 3 };
    static uint8_t pairs[MANY * BLS12_381_PAIR_SIZE];
    for (size_t count = 2; count <= MANY; count += count < 14 ? 12 : 1) {
        memset(pairs, 0, sizeof(pairs));
        uint64_t n = 0;
        for (size_t i = 0; i + 1 < count; i++) {
            if (i % 7 != 3) {
                put_pair(pairs + i * BLS12_381_PAIR_SIZE, 1, 1);
                n++;
            }
        }
        uint8_t *last = pairs + (count - 1) * BLS12_381_PAIR_SIZE;
        put_pair(last, n, 1);
        CHECK(!product_is_one(pairs, count));
        negate(last, BLS12_381_G1_SIZE);
        CHECK(product_is_one(pairs, count));
        /* A point outside the subgroup is found in every chunk. */
        bool is_one;
        struct points p = points();
        memcpy(last + BLS12_381_G1_SIZE, p.g2_outside, BLS12_381_G2_SIZE);
        CHECK_EQ(bls12_381_pairing_check(&is_one, pairs, count), ERR_MALFORMED);
        put_pair(last, n, 1);
        memcpy(pairs + BLS12_381_G1_SIZE, p.g2_outside, BLS12_381_G2_SIZE);
        CHECK_EQ(bls12_381_pairing_check(&is_one, pairs, count), ERR_MALFORMED);
    }
}

/* ---- maps ------------------------------------------------------------------------------------ */

struct map_vector {
    const char *in, *out;
};

/* RFC 9380, appendices J.9.2 and J.10.2 (the suites BLS12381G1_XMD:SHA-256_SSWU_NU_ and
 * BLS12381G2_XMD:SHA-256_SSWU_NU_): u[0] and P. */
static const struct map_vector g1_maps[] = {
    {"156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341f011e25e3969c55a"
     "d9e9b9ce2eb833c81a908e5fa4ac5f03",
     "184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c3052ea81d1834e19"
     "2c426074b02ed3dca4e7676ce4ce48ba04407b8d35af4dacc809927071fc0405"
     "218f1401a6d15af775810e4e460064bcc9468beeba82fdc751be70476c888bf3"},
    {"147e1ed29f06e4c5079b9d14fc89d2820d32419b990c1c7bb7dbea2a36a04512"
     "4b31ffbde7c99329c05c559af1c6cc82",
     "009769f3ab59bfd551d53a5f846b9984c59b97d6842b20a2c565baa167945e3d"
     "026a3755b6345df8ec7e6acb6868ae6d1532c00cf61aa3d0ce3e5aa20c3b531a"
     "2abd2c770a790a2613818303c6b830ffc0ecf6c357af3317b9575c567f11cd2c"},
    {"04090815ad598a06897dd89bcda860f25837d54e897298ce31e6947378134d37"
     "61dc59a572154963e8c954919ecfa82d",
     "1974dbb8e6b5d20b84df7e625e2fbfecb2cdb5f77d5eae5fb2955e5ce7313cae"
     "8364bc2fff520a6c25619739c6bdcb6a15f9897e11c6441eaa676de141c8d83c"
     "37aab8667173cbe1dfd6de74d11861b961dccebcd9d289ac633455dfcc7013a3"},
};

static const struct map_vector g2_maps[] = {
    {"07355d25caf6e7f2f0cb2812ca0e513bd026ed09dda65b177500fa31714e09ea"
     "0ded3a078b526bed3307f804d4b93b0402829ce3c021339ccb5caf3e187f6370"
     "e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b78c",
     "00e7f4568a82b4b7dc1f14c6aaa055edf51502319c723c4dc2688c7fe5944c21"
     "3f510328082396515734b6612c4e7bb7126b855e9e69b1f691f816e48ac69776"
     "64d24d99f8724868a184186469ddfd4617367e94527d4b74fc86413483afb35b"
     "0caead0fd7b6176c01436833c79d305c78be307da5f6af6c133c47311def6ff1"
     "e0babf57a0fb5539fce7ee12407b0a421498aadcf7ae2b345243e281ae076df6"
     "de84455d766ab6fcdaad71fab60abb2e8b980a440043cd305db09d283c895e3d"},
    {"138879a9559e24cecee8697b8b4ad32cced053138ab913b99872772dc753a296"
     "7ed50aabc907937aefb2439ba06cc50c0a1ae7999ea9bab1dcc9ef8887a6cb6e"
     "8f1e22566015428d220b7eec90ffa70ad1f624018a9ad11e78d588bd3617f9f2",
     "108ed59fd9fae381abfd1d6bce2fd2fa220990f0f837fa30e0f27914ed6e1454"
     "db0d1ee957b219f61da6ff8be0d6441f0296238ea82c6d4adb3c838ee3cb2346"
     "049c90b96d602d7bb1b469b905c9228be25c627bffee872def773d5b2a2eb57d"
     "033f90f6057aadacae7963b0a0b379dd46750c1c94a6357c99b65f63b79e321f"
     "f50fe3053330911c56b6ceea08fee656153606c417e59fb331b7ae6bce4fbf7c"
     "5190c33ce9402b5ebe2b70e44fca614f3f1382a3625ed5493843d0b0a652fc3f"},
    {"18c16fe362b7dbdfa102e42bdfd3e2f4e6191d479437a59db4eb716986bf08ee"
     "1f42634db66bde97d6c16bbfd342b3b80e37812ce1b146d998d5f92bdd5ada2a"
     "31bfd63dfe18311aa91637b5f279dd045763166aa1615e46a50d8d8f475f184e",
     "038af300ef34c7759a6caaa4e69363cafeed218a1f207e93b2c70d91a1263d37"
     "5d6730bd6b6509dcac3ba5b567e85bf30da75be60fb6aa0e9e3143e40c42796e"
     "df15685cafe0279afd2a67c3dff1c82341f17effd402e4f1af240ea90f4b659b"
     "19b148cbdf163cf0894f29660d2e7bfb2b68e37d54cc83fd4e6e62c020eaa487"
     "09302ef8e746736c0e19342cc1ce3df40492f4fed741b073e5a82580f7c663f9"
     "b79e036b70ab3e51162359cec4e77c78086fe879b65ca7a47d34374c8315ac5e"},
};

static void maps_as_rfc_9380_does(void)
{
    uint8_t in[2 * BLS12_381_FP_SIZE];
    uint8_t want[BLS12_381_G2_SIZE];
    uint8_t out[BLS12_381_G2_SIZE];
    for (size_t i = 0; i < sizeof(g1_maps) / sizeof(g1_maps[0]); i++) {
        CHECK_EQ(expand(in, g1_maps[i].in), BLS12_381_FP_SIZE);
        CHECK_EQ(expand(want, g1_maps[i].out), BLS12_381_G1_SIZE);
        CHECK_EQ(bls12_381_map_fp_to_g1(out, test_guarded(in, BLS12_381_FP_SIZE)), OK);
        CHECK_BYTES(out, want, BLS12_381_G1_SIZE);
    }
    for (size_t i = 0; i < sizeof(g2_maps) / sizeof(g2_maps[0]); i++) {
        CHECK_EQ(expand(in, g2_maps[i].in), 2 * BLS12_381_FP_SIZE);
        CHECK_EQ(expand(want, g2_maps[i].out), BLS12_381_G2_SIZE);
        CHECK_EQ(bls12_381_map_fp2_to_g2(out, test_guarded(in, sizeof(in))), OK);
        CHECK_BYTES(out, want, BLS12_381_G2_SIZE);
    }
}

static void maps_into_the_subgroup(void)
{
    uint8_t one[32];
    scalar_from(one, 1);
    for (size_t i = 0; i < 20; i++) {
        uint8_t in[2 * BLS12_381_FP_SIZE] = {0};
        uint8_t out[BLS12_381_G2_SIZE];
        test_random_bytes(in + 17, 47);
        test_random_bytes(in + BLS12_381_FP_SIZE + 17, 47);
        CHECK_EQ(bls12_381_map_fp_to_g1(out, in), OK);
        CHECK_EQ(g1_times(out, out, one), OK);
        CHECK_EQ(bls12_381_map_fp2_to_g2(out, in), OK);
        CHECK_EQ(g2_times(out, out, one), OK);
    }
}

static const struct test_case cases[] = {
    CASE(adds_points_of_any_order),
    CASE(adds_points_with_a_coordinate_of_zero),
    CASE(adds_as_a_group),
    CASE(adds_in_place),
    CASE(accepts_what_is_valid),
    CASE(refuses_field_elements_that_are_too_large),
    CASE(maps_take_every_field_element),
    CASE(refuses_points_off_the_curve),
    CASE(refuses_points_outside_the_subgroup),
    CASE(refuses_empty_input),
    CASE(sums_products),
    CASE(takes_any_scalar),
    CASE(sums_of_products_are_sums),
    CASE(refuses_one_bad_point_of_many),
    CASE(says_when_memory_is_short),
    CASE(pairs_bilinearly),
    CASE(pairs_infinity_to_one),
    CASE(pairs_many),
    CASE(maps_as_rfc_9380_does),
    CASE(maps_into_the_subgroup),
};

TEST_MAIN(cases)
