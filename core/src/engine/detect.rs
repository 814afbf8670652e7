//! What this CPU can do, as tokens: zero-sized values that only a successful detection makes.
//!
//! A token names every feature that the kernels behind it use, and asks the operating system (XCR0) only for the
//! registers that they use: VAES with 256-bit registers does not need the 512-bit ones.

#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{AesNi, Vaes256, Vaes512};

#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::Armv8;

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    /// AES-NI and SSE4.1.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct AesNi(());

    /// VAES, AES-NI and AVX2, with the 256-bit registers enabled.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Vaes256(());

    /// VAES, AES-NI, AVX2 and AVX-512 (F, BW, DQ, VL), with the 512-bit registers enabled.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Vaes512(());

    impl AesNi {
        pub(crate) fn detect() -> Option<Self> {
            let features = Features::read();
            (features.aes && features.sse41).then_some(Self(()))
        }
    }

    impl Vaes256 {
        pub(crate) fn detect() -> Option<Self> {
            let features = Features::read();
            (features.aes && features.sse41 && features.vaes && features.avx && features.avx2 && features.ymm)
                .then_some(Self(()))
        }
    }

    impl Vaes512 {
        pub(crate) fn detect() -> Option<Self> {
            let _: Vaes256 = Vaes256::detect()?;
            let features = Features::read();
            (features.avx512 && features.zmm).then_some(Self(()))
        }
    }

    /// The bits of CPUID and XCR0 that the tokens ask for.
    struct Features {
        aes: bool,
        sse41: bool,
        avx: bool,
        avx2: bool,
        vaes: bool,
        avx512: bool,
        ymm: bool,
        zmm: bool,
    }

    impl Features {
        fn read() -> Self {
            let bit = |register: u32, index: u32| register & (1 << index) != 0;
            let highest_leaf = __cpuid(0).eax;
            let leaf1 = __cpuid(1);
            let (ebx7, ecx7) = if highest_leaf >= 7 {
                let leaf7 = __cpuid_count(7, 0);
                (leaf7.ebx, leaf7.ecx)
            } else {
                (0, 0)
            };
            let osxsave = bit(leaf1.ecx, 27);
            // SAFETY: OSXSAVE says that the operating system has enabled XGETBV; register 0 always exists then.
            let xcr0 = if osxsave { unsafe { read_xcr0() } } else { 0 };
            const SSE_AND_AVX: u64 = 0b110;
            const OPMASK_AND_ZMM: u64 = 0b1110_0000;
            let ymm = xcr0 & SSE_AND_AVX == SSE_AND_AVX;
            let avx512f_dq_bw_vl = [16, 17, 30, 31].into_iter().all(|index| bit(ebx7, index));
            Self {
                aes: bit(leaf1.ecx, 25),
                sse41: bit(leaf1.ecx, 19),
                avx: bit(leaf1.ecx, 28),
                avx2: bit(ebx7, 5),
                vaes: bit(ecx7, 9),
                avx512: avx512f_dq_bw_vl,
                ymm,
                zmm: ymm && xcr0 & OPMASK_AND_ZMM == OPMASK_AND_ZMM,
            }
        }
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

    impl Armv8 {
        /// Without `std` only what the target promises at compile time counts: asking the CPU is the operating
        /// system's privilege.
        pub(crate) fn detect() -> Option<Self> {
            #[cfg(feature = "std")]
            let present = std::arch::is_aarch64_feature_detected!("aes");
            #[cfg(not(feature = "std"))]
            let present = cfg!(target_feature = "aes");
            present.then_some(Self(()))
        }
    }
}
