/** Tests of the fault suite. */
@NullMarked
package io.anyserve.loadtest.faults.traffic;

import org.jspecify.annotations.NullMarked;
