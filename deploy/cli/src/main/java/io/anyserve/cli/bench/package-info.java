/** Benchmarks, the fault suite and the fuzz. */
@NullMarked
package io.anyserve.cli.bench;

import org.jspecify.annotations.NullMarked;
