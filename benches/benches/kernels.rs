//! Single kernels, for work on them: every engine of this CPU, each cipher, sealing and opening, in batches.
//!
//! ```sh
//! benches/build bench --features criterion -- 'aegis256/.*/seal'  # a regular expression of names
//! benches/build bench --features criterion -- --save-baseline before  # then, after a change: -- --baseline before
//! ```
//!
//! Names are `cipher/engine/operation/size x batch`. Compare a kernel with itself only: beside other libraries it is
//! measured by `make bench`, in turns.
#![allow(missing_docs)] // the macros' functions

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pagecrypt::{Cipher, Engine};
use pagecrypt_benches::contender::{Calls, Contender, contenders, engines};
use pagecrypt_benches::measure::key;
use pagecrypt_benches::memory::{Layout, Memory, Message, fill};

const CASES: [(usize, usize); 5] = [(64, 64), (1024, 16), (4096, 1), (4096, 16), (4096, 64)];

type Operation = fn(&mut dyn Contender, &mut [Message<'_>], Calls) -> Duration;

fn kernels(criterion: &mut Criterion) {
    for cipher in Cipher::ALL {
        for engine in engines(cipher) {
            if engine != Engine::Portable {
                kernel(criterion, cipher, engine);
            }
        }
    }
}

fn kernel(criterion: &mut Criterion, cipher: Cipher, engine: Engine) {
    let mut contenders = contenders(cipher, &key(cipher.key_length()), &[engine]);
    let ours = &mut *contenders[0];
    let operations: [(&str, Operation, Operation); 2] = [
        ("seal", |c, list, calls| c.seal(list, calls), |c, list, calls| c.open(list, calls)),
        ("open", |c, list, calls| c.open(list, calls), |c, list, calls| c.seal(list, calls)),
    ];
    for (name, operation, back) in operations {
        let mut group = criterion.benchmark_group(format!("{cipher}/{engine}/{name}"));
        for (size, batch) in CASES {
            let layout = Layout::new(cipher, size);
            let calls = Calls::Batches(batch);
            let mut memory = Memory::new(batch * layout.spacing);
            fill(layout, memory.bytes());
            let mut list: Vec<_> = layout.messages(memory.bytes()).collect();
            if name == "open" {
                ours.seal(&mut list, calls);
            }
            group.throughput(Throughput::Bytes((layout.text * batch) as u64));
            group.bench_function(BenchmarkId::from_parameter(format!("{size}x{batch}")), |bencher| {
                bencher.iter_custom(|iterations| {
                    let mut time = Duration::ZERO;
                    for _ in 0..iterations {
                        time += operation(ours, &mut list, calls);
                        back(ours, &mut list, calls); // what is opened is always authentic
                    }
                    time
                });
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = group;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(1));
    targets = kernels
}
criterion_main!(group);
