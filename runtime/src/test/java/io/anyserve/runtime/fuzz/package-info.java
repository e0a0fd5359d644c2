/** Fuzzes readers and running servers: builds inputs from bytes and checks what comes back. */
@NullMarked
package io.anyserve.runtime.fuzz;

import org.jspecify.annotations.NullMarked;
