/** Writes hostile records to every topic that others may write, and checks that nobody minds. */
@NullMarked
package io.anyserve.loadtest.fuzz;

import org.jspecify.annotations.NullMarked;
