/** Tests of the fault suite. */
@NullMarked
package io.anyserve.loadtest.faults;

import org.jspecify.annotations.NullMarked;
