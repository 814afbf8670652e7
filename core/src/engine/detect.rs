//! What this CPU can do, as tokens: zero-sized values that only a successful detection makes.
//!
//! A token names every feature that the kernels behind it use, and asks the operating system (XCR0) only for the
//! registers that they use: VAES with 256-bit registers does not need the 512-bit ones.

#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{
    AesNi, AesNiClmul, Avx2, Avx512, Avx512Ifma, Vaes256, Vaes256Clmul, Vaes512, Vaes512AtOnce, Vaes512Clmul,
};

#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::{Armv8, Armv8Pmull, Armv8Sha3};

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    use core::sync::atomic::{AtomicU16, Ordering};

    macro_rules! tokens {
        ($($(#[$meta:meta])* $token:ident = $bit:literal;)*) => {$(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $token(());

            impl $token {
                const BIT: u16 = 1 << $bit;

                pub(crate) fn detect() -> Option<Self> {
                    (tokens() & Self::BIT != 0).then_some(Self(()))
                }
            }
        )*};
    }

    tokens! {
        /// AES-NI and SSE4.1.
        AesNi = 1;
        /// AES-NI, PCLMULQDQ, SSSE3 and SSE4.1.
        AesNiClmul = 2;
        /// AVX2, with the 256-bit registers enabled.
        Avx2 = 3;
        /// VAES, AES-NI and AVX2, with the 256-bit registers enabled.
        Vaes256 = 4;
        /// [`Vaes256`] with VPCLMULQDQ and PCLMULQDQ.
        Vaes256Clmul = 5;
        /// AVX2 and AVX-512 (F, BW, DQ, VL), with the 512-bit registers enabled.
        Avx512 = 6;
        /// [`Avx512`] with IFMA.
        Avx512Ifma = 7;
        /// [`Vaes256`] and [`Avx512`].
        Vaes512 = 8;
        /// [`Vaes512`] with VPCLMULQDQ and PCLMULQDQ.
        Vaes512Clmul = 9;
        /// [`Vaes512`] by Intel, whose CPUs work on 512 bits in one piece; those of AMD that were measured (Zen 4) take two.
        Vaes512AtOnce = 10;
    }

    const KNOWN: u16 = 1;

    /// Which tokens there are. Remembered, because CPUID takes many microseconds in a virtual machine; threads that
    /// race to find out find the same.
    fn tokens() -> u16 {
        static TOKENS: AtomicU16 = AtomicU16::new(0);
        match TOKENS.load(Ordering::Relaxed) {
            0 => {
                let tokens = ask_cpu();
                TOKENS.store(tokens, Ordering::Relaxed);
                tokens
            }
            tokens => tokens,
        }
    }

    /// Asks for every feature that the kernels name, and for the registers they use.
    fn ask_cpu() -> u16 {
        let bit = |register: u32, index: u32| register & (1 << index) != 0;
        let leaf0 = __cpuid(0);
        let highest_leaf = leaf0.eax;
        let vendor = [leaf0.ebx, leaf0.edx, leaf0.ecx].map(u32::to_le_bytes);
        let leaf1 = __cpuid(1);
        let (ebx7, ecx7) = if highest_leaf >= 7 {
            let leaf7 = __cpuid_count(7, 0);
            (leaf7.ebx, leaf7.ecx)
        } else {
            (0, 0)
        };
        let osxsave = bit(leaf1.ecx, 27);
        // SAFETY: OSXSAVE says that the operating system has enabled XGETBV.
        let xcr0 = if osxsave { unsafe { read_xcr0() } } else { 0 };
        let enabled = |registers: u64| xcr0 & registers == registers;
        const SSE_AND_AVX: u64 = 0b110;
        const OPMASK_AND_ZMM: u64 = 0b1110_0000;

        let [pclmul, ssse3, sse41, aes, avx] = [1, 9, 19, 25, 28].map(|index| bit(leaf1.ecx, index));
        let [vaes, vpclmul] = [9, 10].map(|index| bit(ecx7, index));
        let avx512_f_dq_bw_vl = [16, 17, 30, 31].into_iter().all(|index| bit(ebx7, index));
        let ifma = bit(ebx7, 21);

        let aesni = sse41 && aes;
        let clmul = pclmul && ssse3;
        let avx2 = avx && bit(ebx7, 5) && enabled(SSE_AND_AVX);
        let avx512 = avx2 && avx512_f_dq_bw_vl && enabled(OPMASK_AND_ZMM);
        let vaes256 = aesni && avx2 && vaes;
        let vaes512 = vaes256 && avx512;
        [
            (aesni, AesNi::BIT),
            (aesni && clmul, AesNiClmul::BIT),
            (avx2, Avx2::BIT),
            (vaes256, Vaes256::BIT),
            (vaes256 && clmul && vpclmul, Vaes256Clmul::BIT),
            (avx512, Avx512::BIT),
            (avx512 && ifma, Avx512Ifma::BIT),
            (vaes512, Vaes512::BIT),
            (vaes512 && clmul && vpclmul, Vaes512Clmul::BIT),
            (vaes512 && vendor.as_flattened() == b"GenuineIntel", Vaes512AtOnce::BIT),
        ]
        .into_iter()
        .filter(|(there, _)| *there)
        .fold(KNOWN, |tokens, (_, token)| tokens | token)
    }

    /// # Safety
    /// CPUID must have reported OSXSAVE.
    #[target_feature(enable = "xsave")]
    unsafe fn read_xcr0() -> u64 {
        // SAFETY: the caller's promise; XCR0 exists wherever XGETBV does.
        unsafe { _xgetbv(0) }
    }
}

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    /// The AES instructions of ARMv8 (FEAT_AES), and NEON.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Armv8(());

    /// [`Armv8`] with multiplications of 64-bit polynomials (FEAT_PMULL).
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Armv8Pmull(());

    /// The instructions for SHA-3 (FEAT_SHA3), among them exclusive or of three.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Armv8Sha3(());

    // Without `std` only what the target promises at compile time counts: asking the CPU is the operating system's
    // privilege. The target feature `aes` covers FEAT_PMULL.

    impl Armv8 {
        pub(crate) fn detect() -> Option<Self> {
            #[cfg(feature = "std")]
            let present = std::arch::is_aarch64_feature_detected!("aes");
            #[cfg(not(feature = "std"))]
            let present = cfg!(target_feature = "aes");
            present.then_some(Self(()))
        }
    }

    impl Armv8Sha3 {
        pub(crate) fn detect() -> Option<Self> {
            #[cfg(feature = "std")]
            let present = std::arch::is_aarch64_feature_detected!("sha3");
            #[cfg(not(feature = "std"))]
            let present = cfg!(target_feature = "sha3");
            present.then_some(Self(()))
        }
    }

    impl Armv8Pmull {
        pub(crate) fn detect() -> Option<Self> {
            #[cfg(feature = "std")]
            let present = std::arch::is_aarch64_feature_detected!("pmull");
            #[cfg(not(feature = "std"))]
            let present = true;
            Armv8::detect().filter(|_| present).map(|_| Self(()))
        }
    }
}
