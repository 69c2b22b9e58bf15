// Written by tools/constants.mjs, which says how each number is made.

/**
 * simd, float32 exp: range reduction in units of 32 ln2, then the coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2.
 * The first three words are those of theta = 1; setTheta writes others.
 */
export const F32: usize = memory.data<u32>([
  0x3d38aa3b, // log2 e / 32, 0x1.715476p-5
  0x41b17000, // 32 ln2, 12 bits, 0x1.62ep4
  0x3a85fdf4, // 32 ln2 - HI, 0x1.0bfbe8p-10
  0x3efffffe, // c2, 0x1.fffffcp-2
  0x3e2aaa49, // c3, 0x1.555492p-3
  0x3d2aac79, // c4, 0x1.5558f2p-5
  0x3c091d10, // c5, 0x1.123a2p-7
  0x3ab511e8, // c6, 0x1.6a23dp-10
  0x3f800000, // c0, 0x1p0
  0x48c0007f, // the rounding constant of near lanes, 0x1.8000fep18
  0x48c000bf, // the same, lifted by 2^64, 0x1.80017ep18
]);

/**
 * relaxed, float32 exp by powers of two: 2^(32 f) = 1 + f (c1 + f (c2 + ...)) on |32 f| <= 1 / 2. The first two words are those
 * of theta = 1; setTheta writes others.
 */
export const BASE2: usize = memory.data<u32>([
  0x3d38aa3b, // log2 e / 32, 0x1.715476p-5
  0x30257060, // log2 e / 32, low, 0x1.4ae0cp-31
  0x41b17218, // 32 c1, 0x1.62e43p4
  0x4375fdee, // 32^2 c2, 0x1.ebfbdcp7
  0x44e357bd, // 32^3 c3, 0x1.c6af7ap10
  0x461d96eb, // 32^4 c4, 0x1.3b2dd6p13
  0x472f84b2, // 32^5 c5, 0x1.5f0964p15
  0x4820bb59, // 32^6 c6, 0x1.4176b2p17
  0x3f800000, // c0, 0x1p0
  0x48c0007f, // the rounding constant of near lanes, 0x1.8000fep18
  0x48c000bf, // the same, lifted by 2^64, 0x1.80017ep18
]);

/** theta in 12 bits (relaxed: in float32), rounded towards 0, and the rest; the mask of 12 bits; the least number */
export const SCALE: usize = memory.data<u32>([0x3f800000, 0, 0xfffff000, 0xff7fffff]);

/** float64 exp: range reduction by ln2 / 128, then the coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln2 / 256 */
export const F64: usize = memory.data<u64>([
  0x40671547652b82fe, // 128 log2 e, 0x1.71547652b82fep7
  0x3f762e42fef80000, // ln2 / 128, 34 bits, 0x1.62e42fef8p-8
  0x3d41cf79abc9e3b4, // ln2 / 128 - HI, 0x1.1cf79abc9e3b4p-43
  0x3fdffffffffffdbc, // q2, 0x1.ffffffffffdbcp-2
  0x3fc5555555555772, // q3, 0x1.5555555555772p-3
  0x3fa55555cf32d74b, // q4, 0x1.55555cf32d74bp-5
  0x3f811110ef570734, // q5, 0x1.11110ef570734p-7
  0x3ff0000000000000, // 1, 0x1p0
  0x41a0000002000000, // 2^27 + 1, which splits a double in two, 0x1.0000002p27
]);

/** exp in float64 of what is rounded to float32 afterwards: one piece of ln2 / 128 and a cubic are enough */
export const EXACT: usize = memory.data<u64>([
  0x40671547652b82fe, // 128 log2 e, 0x1.71547652b82fep7
  0x3f762e42fefa39ef, // ln2 / 128, 0x1.62e42fefa39efp-8
  0x3fe0000000000000, // q2, 0x1p-1
  0x3fc5555555555555, // q3, 0x1.5555555555555p-3
  0x3ff0000000000000, // 1, 0x1p0
]);

/** log in float64 of what is rounded to float32 afterwards: log((1 + s) / (1 - s)) = s (2 + s^2 (l0 + l1 s^2 + ...)) */
export const LOG: usize = memory.data<u64>([
  0x3fe62e42fefa39ef, // ln2, 0x1.62e42fefa39efp-1
  0x3fe5555555564e96, // l0, 0x1.5555555564e96p-1
  0x3fd999998cafbf2a, // l1, 0x1.999998cafbf2ap-2
  0x3fd249323e4d7fc7, // l2, 0x1.249323e4d7fc7p-2
  0x3fcc67ada017cf97, // l3, 0x1.c67ada017cf97p-3
  0x3fc8c8c11e54d389, // l4, 0x1.8c8c11e54d389p-3
]);

/**
 * 2^(i / 128) for i = 0 .. 127 as pairs (tail, bits): with H the nearest double, tail = 2^(i / 128) / H - 1 (to 2^-66) and
 * bits = bits(H) - (i << 45), so that bits + (n << 45) is H times the power of two of n = 128 k + i.
 */
export const TABLE: usize = memory.data<u64>([
  0x0000000000000000, 0x3ff0000000000000,
  0x3c9b3b0000000000, 0x3feff63da9fb3335,
  0xbc71600000000000, 0x3fefec9a3e778061,
  0xbc905e0000000000, 0x3fefe315e86e7f85,
  0x3c8cd20000000000, 0x3fefd9b0d3158574,
  0xbc8bcf0000000000, 0x3fefd06b29ddf6de,
  0x3c60f70000000000, 0x3fefc74518759bc8,
  0x3c90a40000000000, 0x3fefbe3ecac6f383,
  0x3c979b0000000000, 0x3fefb5586cf9890f,
  0x3c8eb50000000000, 0x3fefac922b7247f7,
  0x3c3ebe0000000000, 0x3fefa3ec32d3d1a2,
  0xbc6a030000000000, 0x3fef9b66affed31b,
  0xbc95560000000000, 0x3fef9301d0125b51,
  0xbc50810000000000, 0x3fef8abdc06c31cc,
  0xbc91c90000000000, 0x3fef829aaea92de0,
  0x3c80d40000000000, 0x3fef7a98c8a58e51,
  0xbc801b0000000000, 0x3fef72b83c7d517b,
  0xbc8f200000000000, 0x3fef6af9388c8dea,
  0x3c8b8a0000000000, 0x3fef635beb6fcb75,
  0xbc96da0000000000, 0x3fef5be084045cd4,
  0x3c9aed0000000000, 0x3fef54873168b9aa,
  0xbc8fe80000000000, 0x3fef4d5022fcd91d,
  0x3c8a6f0000000000, 0x3fef463b88628cd6,
  0x3c807a0000000000, 0x3fef3f49917ddc96,
  0x3c968f0000000000, 0x3fef387a6e756238,
  0x3c875e0000000000, 0x3fef31ce4fb2a63f,
  0x3c80470000000000, 0x3fef2b4565e27cdd,
  0xbc96b80000000000, 0x3fef24dfe1f56381,
  0x3c82f80000000000, 0x3fef1e9df51fdee1,
  0xbc3d220000000000, 0x3fef187fd0dad990,
  0x3c8b380000000000, 0x3fef1285a6e4030b,
  0x3c6e150000000000, 0x3fef0cafa93e2f56,
  0x3c834d0000000000, 0x3fef06fe0a31b715,
  0x3c86420000000000, 0x3fef0170fc4cd831,
  0x3c8fdd0000000000, 0x3feefc08b26416ff,
  0xbc86a40000000000, 0x3feef6c55f929ff1,
  0xbc924b0000000000, 0x3feef1a7373aa9cb,
  0xbc99080000000000, 0x3feeecae6d05d866,
  0xbc71d20000000000, 0x3feee7db34e59ff7,
  0xbc99190000000000, 0x3feee32dc313a8e5,
  0x3c859f0000000000, 0x3feedea64c123422,
  0xbc93120000000000, 0x3feeda4504ac801c,
  0xbc58a80000000000, 0x3feed60a21f72e2a,
  0xbc7c2d0000000000, 0x3feed1f5d950a897,
  0x3c43640000000000, 0x3feece086061892d,
  0x3c96660000000000, 0x3feeca41ed1d0057,
  0x3c6ecd0000000000, 0x3feec6a2b5c13cd0,
  0x3c94000000000000, 0x3feec32af0d7d3de,
  0x3c76910000000000, 0x3feebfdad5362a27,
  0x3c931e0000000000, 0x3feebcb299fddd0d,
  0xbc8f940000000000, 0x3feeb9b2769d2ca7,
  0xbc87df0000000000, 0x3feeb6daa2cf6642,
  0xbc78df0000000000, 0x3feeb42b569d4f82,
  0xbc86120000000000, 0x3feeb1a4ca5d920f,
  0x3c93350000000000, 0x3feeaf4736b527da,
  0x3c7b990000000000, 0x3feead12d497c7fd,
  0x3c90640000000000, 0x3feeab07dd485429,
  0x3c34c80000000000, 0x3feea9268a5946b7,
  0x3c94330000000000, 0x3feea76f15ad2148,
  0xbc8ce40000000000, 0x3feea5e1b976dc09,
  0xbc8c340000000000, 0x3feea47eb03a5585,
  0xbc84530000000000, 0x3feea34634ccc320,
  0xbc93cf0000000000, 0x3feea23882552225,
  0x3c57110000000000, 0x3feea155d44ca973,
  0xbc93b40000000000, 0x3feea09e667f3bcd,
  0xbc6a130000000000, 0x3feea012750bdabf,
  0xbc63680000000000, 0x3fee9fb23c651a2f,
  0xbc80dc0000000000, 0x3fee9f7df9519484,
  0xbc781f0000000000, 0x3fee9f75e8ec5f74,
  0xbc86ee0000000000, 0x3fee9f9a48a58174,
  0xbc86190000000000, 0x3fee9feb564267c9,
  0x3c909d0000000000, 0x3feea0694fde5d3f,
  0xbc7b330000000000, 0x3feea11473eb0187,
  0x3c94ed0000000000, 0x3feea1ed0130c132,
  0x3c65ec0000000000, 0x3feea2f336cf4e62,
  0xbc88a20000000000, 0x3feea427543e1a12,
  0xbc936a0000000000, 0x3feea589994cce13,
  0xbc805f0000000000, 0x3feea71a4623c7ad,
  0xbc94d40000000000, 0x3feea8d99b4492ed,
  0x3c90ad0000000000, 0x3feeaac7d98a6699,
  0x3c8db70000000000, 0x3feeace5422aa0db,
  0xbc65b60000000000, 0x3feeaf3216b5448c,
  0x3c7bf70000000000, 0x3feeb1ae99157736,
  0xbc93090000000000, 0x3feeb45b0b91ffc6,
  0xbc5daa0000000000, 0x3feeb737b0cdc5e5,
  0xbc6c240000000000, 0x3feeba44cbc8520f,
  0xbc92430000000000, 0x3feebd829fde4e50,
  0xbc85ca0000000000, 0x3feec0f170ca07ba,
  0x3c71b00000000000, 0x3feec49182a3f090,
  0x3c6dd20000000000, 0x3feec86319e32323,
  0xbc87c50000000000, 0x3feecc667b5de565,
  0x3c8b1d0000000000, 0x3feed09bec4a2d33,
  0xbc91bc0000000000, 0x3feed503b23e255d,
  0x3c90cc0000000000, 0x3feed99e1330b358,
  0x3c846a0000000000, 0x3feede6b5579fdbf,
  0xbc82e00000000000, 0x3feee36bbfd3f37a,
  0x3c8c1a0000000000, 0x3feee89f995ad3ad,
  0xbc907c0000000000, 0x3feeee07298db666,
  0xbc55c40000000000, 0x3feef3a2b84f15fb,
  0xbc90a40000000000, 0x3feef9728de5593a,
  0xbc68d70000000000, 0x3feeff76f2fb5e47,
  0xbc91ef0000000000, 0x3fef05b030a1064a,
  0x3c75000000000000, 0x3fef0c1e904bc1d2,
  0xbc91be0000000000, 0x3fef12c25bd71e09,
  0x3c736f0000000000, 0x3fef199bdd85529c,
  0x3c8ee30000000000, 0x3fef20ab5fffd07a,
  0x3c84e10000000000, 0x3fef27f12e57d14b,
  0x3c63ce0000000000, 0x3fef2f6d9406e7b5,
  0x3c676b0000000000, 0x3fef3720dcef9069,
  0xbc808a0000000000, 0x3fef3f0b555dc3fa,
  0xbc8fad0000000000, 0x3fef472d4a07897c,
  0xbc900e0000000000, 0x3fef4f87080d89f2,
  0x3c74a40000000000, 0x3fef5818dcfba487,
  0xbc82920000000000, 0x3fef60e316c98398,
  0x3c8e5a0000000000, 0x3fef69e603db3285,
  0x3c843a0000000000, 0x3fef7321f301b460,
  0xbc82d50000000000, 0x3fef7c97337b9b5f,
  0xbc892b0000000000, 0x3fef864614f5a129,
  0x3c74b60000000000, 0x3fef902ee78b3ff6,
  0x3c83c60000000000, 0x3fef9a51fbc74c83,
  0xbc8ff70000000000, 0x3fefa4afa2a490da,
  0xbc8daf0000000000, 0x3fefaf482d8e67f1,
  0x3c8ec40000000000, 0x3fefba1bee615a27,
  0x3c842c0000000000, 0x3fefc52b376bba97,
  0x3c8a650000000000, 0x3fefd0765b6e4540,
  0xbc8e380000000000, 0x3fefdbfdad9cbe14,
  0x3c77890000000000, 0x3fefe7c1819e90d8,
  0x3c53060000000000, 0x3feff3c22b8f71f1,
]);
