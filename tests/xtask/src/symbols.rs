/// The symbols of an image that only a panic or an allocation brings in, from what `nm -C` prints.
///
/// Every panic passes through the handler, `rust_begin_unwind`, which the linker drops when nothing reaches it.
pub(crate) fn forbidden(symbols: &str) -> Vec<&str> {
    symbols
        .lines()
        // An address, a letter for the kind, the name.
        .filter_map(|line| line.get(ADDRESS_AND_KIND..))
        .filter(|name| is_forbidden(name))
        .collect()
}

/// Who calls a forbidden symbol and is none itself, with that symbol, from what `objdump -d -C` prints: the places to
/// mend.
pub(crate) fn callers(disassembly: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut caller = "";
    for line in disassembly.lines() {
        // `00000458 <caller>:` heads a function; `  45c: f000 f8e2  bl  624 <callee>` is one of its branches.
        let Some((before, name)) = line.split_once(" <") else {
            continue;
        };
        if let Some(name) = name.strip_suffix(">:") {
            caller = name;
        } else if let Some(callee) = name.strip_suffix('>')
            && before.contains("\tb")
            && is_forbidden(callee)
            && !is_forbidden(caller)
        {
            found.push((caller, callee));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether a call of a panic is known to be somebody else's: the guard at the end of an `async fn`, which the compiler
/// puts there, the bounds checks of `serde-json-core`, and the panic handler, which is never reached but by these.
pub(crate) fn is_forgiven(caller: &str, callee: &str) -> bool {
    callee.contains("panic_const_async_fn_resumed")
        || caller.starts_with("<serde_json_core::ser::")
        || caller.starts_with("<semihosting::io::stdio::Stderr")
}

fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.iter().any(|part| name.contains(part))
}

const ADDRESS_AND_KIND: usize = "00000000 t ".len();

/// The first of these alone would do for panics; the others show who asked for it, and last should a compiler rename it.
const FORBIDDEN: [&str; 13] = [
    "rust_begin_unwind",
    "panic",
    "unwrap_failed",
    "expect_failed",
    "slice_index",
    "index_fail",
    "len_fail",
    "error_fail",
    "mismatch_fail",
    "rust_alloc",
    "rust_dealloc",
    "rust_realloc",
    "alloc::",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_panics_or_allocates_is_named() {
        let symbols = "\
00000400 T Reset
         U HardFaultTrampoline
00000afe t __rustc::rust_begin_unwind
000009e0 t core::panicking::panic_bounds_check
00000772 t core::option::unwrap_failed
00000772 t core::result::unwrap_failed
00000772 t core::option::expect_failed
00000772 t core::slice::index::slice_index_fail
00000772 t core::slice::index::slice_end_index_len_fail
00000772 t core::slice::copy_from_slice_impl::len_mismatch_fail
00000772 t core::cell::panic_already_borrowed
00000772 t core::str::slice_error_fail_rt
00000772 t __rustc::__rust_alloc
00000772 t __rustc::__rust_dealloc
00000772 t alloc::raw_vec::RawVec<T>::grow
00000466 t redox_auth_core::out::Out::put
00000466 t <core::fmt::Formatter>::pad_integral
";
        let found = forbidden(symbols);
        assert_eq!(found.len(), 13, "{found:#?}");
        assert!(
            !found
                .iter()
                .any(|name| name.contains("Out") || name.contains("Formatter"))
        );
    }

    #[test]
    fn an_image_without_them_is_clean() {
        let symbols = "00000400 T Reset\n00000458 t core_calls::main\n20010000 A _stack_start\n";
        assert!(forbidden(symbols).is_empty());
    }

    #[test]
    fn the_first_caller_outside_the_panic_machinery_is_named() {
        let disassembly = "\
00002e8a <<redox_auth_core::out::Out>::put>:
    2e8c:\tb5f0      \tpush\t{r4, r5, r6, r7, lr}
    2eb0:\tf7ff fbf1 \tbl\t26d2 <core::slice::copy_from_slice_impl::len_mismatch_fail>
    2eb4:\te7f1      \tb.n\t2e9a <<redox_auth_core::out::Out>::put+0x10>

000026d2 <core::slice::copy_from_slice_impl::len_mismatch_fail>:
    26d4:\tf7ff fbf1 \tbl\t2606 <core::panicking::panic_fmt>
";
        let callee = "core::slice::copy_from_slice_impl::len_mismatch_fail";
        assert_eq!(
            callers(disassembly),
            [("<redox_auth_core::out::Out>::put", callee)]
        );
    }

    #[test]
    fn nobody_is_forgiven_a_panic_but_the_compiler_and_serde_json_core() {
        let ours = "<redox_auth_core::meta::Meta>::write";
        let theirs = "<serde_json_core::ser::Serializer>::extend_from_slice";
        let bounds = "core::panicking::panic_bounds_check";
        assert!(is_forgiven(theirs, bounds));
        assert!(!is_forgiven(ours, bounds));
        let guard = "core::panicking::panic_const::panic_const_async_fn_resumed";
        assert!(is_forgiven(ours, guard));
    }
}
