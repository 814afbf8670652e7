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

    use core::sync::atomic::{AtomicU8, Ordering};

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
            (engines() & AESNI != 0).then_some(Self(()))
        }
    }

    impl Vaes256 {
        pub(crate) fn detect() -> Option<Self> {
            (engines() & VAES256 != 0).then_some(Self(()))
        }
    }

    impl Vaes512 {
        pub(crate) fn detect() -> Option<Self> {
            (engines() & VAES512 != 0).then_some(Self(()))
        }
    }

    const KNOWN: u8 = 1;
    const AESNI: u8 = 2;
    const VAES256: u8 = 4;
    const VAES512: u8 = 8;

    /// Which tokens there are. Remembered, because CPUID takes many microseconds in a virtual machine; threads that
    /// race to find out find the same.
    fn engines() -> u8 {
        static ENGINES: AtomicU8 = AtomicU8::new(0);
        match ENGINES.load(Ordering::Relaxed) {
            0 => {
                let engines = ask_cpu();
                ENGINES.store(engines, Ordering::Relaxed);
                engines
            }
            engines => engines,
        }
    }

    /// Asks for every feature that the kernels name, and for the registers they use.
    fn ask_cpu() -> u8 {
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
        // SAFETY: OSXSAVE says that the operating system has enabled XGETBV.
        let xcr0 = if osxsave { unsafe { read_xcr0() } } else { 0 };
        let enabled = |registers: u64| xcr0 & registers == registers;
        const SSE_AND_AVX: u64 = 0b110;
        const OPMASK_AND_ZMM: u64 = 0b1110_0000;

        let (sse41, aes, avx) = (bit(leaf1.ecx, 19), bit(leaf1.ecx, 25), bit(leaf1.ecx, 28));
        let (avx2, vaes) = (bit(ebx7, 5), bit(ecx7, 9));
        let avx512_f_dq_bw_vl = [16, 17, 30, 31].into_iter().all(|index| bit(ebx7, index));

        let aesni = sse41 && aes;
        let vaes256 = aesni && avx && avx2 && vaes && enabled(SSE_AND_AVX);
        let vaes512 = vaes256 && avx512_f_dq_bw_vl && enabled(OPMASK_AND_ZMM);
        [(aesni, AESNI), (vaes256, VAES256), (vaes512, VAES512)]
            .into_iter()
            .filter(|(there, _)| *there)
            .fold(KNOWN, |engines, (_, engine)| engines | engine)
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
