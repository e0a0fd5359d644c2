/** Tests of the fault suite. */
@NullMarked
package io.anyserve.loadtest.faults.check;

import org.jspecify.annotations.NullMarked;
