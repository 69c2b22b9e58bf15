// Written by tools/constants.mjs, which says how each number is made.

/** float32 exp: range reduction, then the coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2 */
export const F32: usize = memory.data<u32>([
  0x3fb8aa3b, // log2 e, 0x1.715476p0
  0x3f317000, // ln2, 12 bits, 0x1.62ep-1
  0x3805fdf4, // ln2 - HI, 0x1.0bfbe8p-15
  0x3efffffe, // c2, 0x1.fffffcp-2
  0x3e2aaa49, // c3, 0x1.555492p-3
  0x3d2aac79, // c4, 0x1.5558f2p-5
  0x3c091d10, // c5, 0x1.123a2p-7
  0x3ab511e8, // c6, 0x1.6a23dp-10
  0x3f800000, // c0, 0x1p0
]);

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
]);

/** exp in float64 of what is rounded to float32 afterwards: one piece of ln2 / 128 and a cubic are enough */
export const EXACT: usize = memory.data<u64>([
  0x40671547652b82fe, // 128 log2 e, 0x1.71547652b82fep7
  0x3f762e42fefa39ef, // ln2 / 128, 0x1.62e42fefa39efp-8
  0x3fe0000000000000, // q2, 0x1p-1
  0x3fc5555555555555, // q3, 0x1.5555555555555p-3
  0x3ff0000000000000, // 1, 0x1p0
]);

/**
 * 2^(i / 128) for i = 0 .. 127 as pairs (tail, bits): with H the nearest double, tail = 2^(i / 128) / H - 1 and
 * bits = bits(H) - (i << 45), so that bits + (n << 45) is H times the power of two of n = 128 k + i.
 */
export const TABLE: usize = memory.data<u64>([
  0x0000000000000000, 0x3ff0000000000000,
  0x3ca164e5a5651da8, 0x3feff63da9fb3335,
  0xbc86cc645aa38270, 0x3fefec9a3e778061,
  0x3c8584cdb97e8a38, 0x3fefe315e86e7f85,
  0x3c9610fd2dc63726, 0x3fefd9b0d3158574,
  0xbc4f121366b4271a, 0x3fefd06b29ddf6de,
  0x3c791c8eb7d9cd5a, 0x3fefc74518759bc8,
  0x3c99255156b27a54, 0x3fefbe3ecac6f383,
  0x3c86423104cf8c98, 0x3fefb5586cf9890f,
  0x3c92240d080a80e3, 0x3fefac922b7247f7,
  0xbc867e63a837176e, 0x3fefa3ec32d3d1a2,
  0x3c95fbaf94c74306, 0x3fef9b66affed31b,
  0xbc961a225b6bad9c, 0x3fef9301d0125b51,
  0xbc8a1e9d7666601b, 0x3fef8abdc06c31cc,
  0xbc9c641c952e9520, 0x3fef829aaea92de0,
  0x3c84194951b87909, 0x3fef7a98c8a58e51,
  0xbc859059343e8d01, 0x3fef72b83c7d517b,
  0xbc9423ec9608b5bc, 0x3fef6af9388c8dea,
  0xbc8d84000f194419, 0x3fef635beb6fcb75,
  0xbc901edfd68643d8, 0x3fef5be084045cd4,
  0x3ca1a0b689380d17, 0x3fef54873168b9aa,
  0xbc7005be0532fa7b, 0x3fef4d5022fcd91d,
  0x3c99888ae18d50a0, 0x3fef463b88628cd6,
  0x3c7c7cfe857bb0fb, 0x3fef3f49917ddc96,
  0x3c8b2f669903243a, 0x3fef387a6e756238,
  0x3c738770e26e825e, 0x3fef31ce4fb2a63f,
  0x3c574e59b132fdc6, 0x3fef2b4565e27cdd,
  0xbc91872d1c9d6a8b, 0x3fef24dfe1f56381,
  0x3c6b5ee4666a1d1c, 0x3fef1e9df51fdee1,
  0xbc677d99261fe509, 0x3fef187fd0dad990,
  0x3c92b0ca6922a8d2, 0x3fef1285a6e4030b,
  0x3c7d2b3e3578149a, 0x3fef0cafa93e2f56,
  0x3c902ba262e6d02a, 0x3fef06fe0a31b715,
  0x3c91fab9e7d83772, 0x3fef0170fc4cd831,
  0x3ca108dafeecf5cb, 0x3feefc08b26416ff,
  0xbc7599b8445d1e59, 0x3feef6c55f929ff1,
  0xbc9ce87ace510f6e, 0x3feef1a7373aa9cb,
  0xbc939a27372e5c31, 0x3feeecae6d05d866,
  0x3c55600b347e835e, 0x3feee7db34e59ff7,
  0xbc9601d53fc4579a, 0x3feee32dc313a8e5,
  0x3c868e8af33b1033, 0x3feedea64c123422,
  0xbc8d42c3d651e107, 0x3feeda4504ac801c,
  0x3c94912b5f3ebbd9, 0x3feed60a21f72e2a,
  0x3c5d47dff563f29d, 0x3feed1f5d950a897,
  0x3c747d90b144e029, 0x3feece086061892d,
  0x3c96acfcaa65707c, 0x3feeca41ed1d0057,
  0xbc71522f5f1bc062, 0x3feec6a2b5c13cd0,
  0x3c991470e24acb65, 0x3feec32af0d7d3de,
  0x3c8d4eefb825b4d4, 0x3feebfdad5362a27,
  0x3c95ca5b8f6c0fba, 0x3feebcb299fddd0d,
  0xbc8989afca90a5ed, 0x3feeb9b2769d2ca7,
  0xbc5293f385636d8d, 0x3feeb6daa2cf6642,
  0xbc52b04b9bce4be1, 0x3feeb42b569d4f82,
  0xbc85e992ca99bc4b, 0x3feeb1a4ca5d920f,
  0x3c527390c47aca54, 0x3feeaf4736b527da,
  0x3c7ea21089b3c9ba, 0x3feead12d497c7fd,
  0x3c78174cb660be49, 0x3feeab07dd485429,
  0xbc82cdbad8bf9302, 0x3feea9268a5946b7,
  0x3c9790d23975d85a, 0x3feea76f15ad2148,
  0xbc94e521718e6e5d, 0x3feea5e1b976dc09,
  0xbc82cc2d70fda45e, 0x3feea47eb03a5585,
  0xbc654b88e144d489, 0x3feea34634ccc320,
  0xbc88a31bb77b412d, 0x3feea23882552225,
  0x3c816942b33cf78d, 0x3feea155d44ca973,
  0xbc84de9251e29b49, 0x3feea09e667f3bcd,
  0xbc804b44477e8231, 0x3feea012750bdabf,
  0x3c621f0671715243, 0x3fee9fb23c651a2f,
  0xbc8dd63e002a3735, 0x3fee9f7df9519484,
  0xbc8fe56217ed0013, 0x3fee9f75e8ec5f74,
  0xbc7be4ae199978c9, 0x3fee9f9a48a58174,
  0xbc61e988ba86619d, 0x3fee9feb564267c9,
  0x3c98e4d5049f3a1f, 0x3feea0694fde5d3f,
  0x3c61c769643e8898, 0x3feea11473eb0187,
  0x3c938468e11320f6, 0x3feea1ed0130c132,
  0x3c82ff7c012496f8, 0x3feea2f336cf4e62,
  0xbc8e9f3a45c88283, 0x3feea427543e1a12,
  0xbc8701fdfb1683be, 0x3feea589994cce13,
  0xbc2cf074db79f580, 0x3feea71a4623c7ad,
  0xbc919939d60cf785, 0x3feea8d99b4492ed,
  0x3c35a7843a6a70a5, 0x3feeaac7d98a6699,
  0x3c971a38d76b43d6, 0x3feeace5422aa0db,
  0xbc7e64c68749c170, 0x3feeaf3216b5448c,
  0xbc78611d7f4b0484, 0x3feeb1ae99157736,
  0xbc93a9db32662b30, 0x3feeb45b0b91ffc6,
  0xbc63d14885477b93, 0x3feeb737b0cdc5e5,
  0x3c75ea59e135a627, 0x3feeba44cbc8520f,
  0xbc92771319b0fd56, 0x3feebd829fde4e50,
  0xbc80a0fee0e96171, 0x3feec0f170ca07ba,
  0x3c576c1b9587f662, 0x3feec49182a3f090,
  0x3c818d15b281420d, 0x3feec86319e32323,
  0xbc777a24cdae58f8, 0x3feecc667b5de565,
  0x3c8ee8d047224242, 0x3feed09bec4a2d33,
  0xbc9b3af503924fa0, 0x3feed503b23e255d,
  0x3c90feff741d32a6, 0x3feed99e1330b358,
  0x3c784977544c0368, 0x3feede6b5579fdbf,
  0xbc722eeec0c1c01c, 0x3feee36bbfd3f37a,
  0x3c8d7fca47a98393, 0x3feee89f995ad3ad,
  0xbc941e50291c9acd, 0x3feeee07298db666,
  0xbc74aebb9b95a855, 0x3feef3a2b84f15fb,
  0xbc9d2768e7bf610a, 0x3feef9728de5593a,
  0xbc8c4cb7a78570e5, 0x3feeff76f2fb5e47,
  0xbc96fa7f5fbbe328, 0x3fef05b030a1064a,
  0x3c8041b40f3b2e05, 0x3fef0c1e904bc1d2,
  0xbc83c680616106dc, 0x3fef12c25bd71e09,
  0xbc662c309f71c110, 0x3fef199bdd85529c,
  0x3c93c209c098a2a9, 0x3fef20ab5fffd07a,
  0x3c811023ef665243, 0x3fef27f12e57d14b,
  0xbc69a63440a82eab, 0x3fef2f6d9406e7b5,
  0xbc61700ca36bef24, 0x3fef3720dcef9069,
  0xbc931e68668dc733, 0x3fef3f0b555dc3fa,
  0xbc96d66ce8abe12f, 0x3fef472d4a07897c,
  0xbc8c209baa615c67, 0x3fef4f87080d89f2,
  0x3c83f481534d1774, 0x3fef5818dcfba487,
  0xbc876cee0c9bed8d, 0x3fef60e316c98398,
  0x3c8543efbe6131a8, 0x3fef69e603db3285,
  0x3c7bb70870452657, 0x3fef7321f301b460,
  0xbc8e59617cf792b6, 0x3fef7c97337b9b5f,
  0xbc7ec8829693b17e, 0x3fef864614f5a129,
  0x3c792837591b606c, 0x3fef902ee78b3ff6,
  0x3c8f5e0bb67b1fc3, 0x3fef9a51fbc74c83,
  0xbc8ff184e39efb02, 0x3fefa4afa2a490da,
  0xbc8544912a30b704, 0x3fefaf482d8e67f1,
  0x3c966b93a355d426, 0x3fefba1bee615a27,
  0x3c8991f02197e14a, 0x3fefc52b376bba97,
  0x3c84542afb20e668, 0x3fefd0765b6e4540,
  0xbc91da7f47827a85, 0x3fefdbfdad9cbe14,
  0xbc727f4383279286, 0x3fefe7c1819e90d8,
  0x3c7dbc62e64c6f77, 0x3feff3c22b8f71f1,
]);
