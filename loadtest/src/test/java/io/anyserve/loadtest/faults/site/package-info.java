/** Tests of the fault suite. */
@NullMarked
package io.anyserve.loadtest.faults.site;

import org.jspecify.annotations.NullMarked;
