/** Tests of runs, by a clock of their own. */
@NullMarked
package io.anyserve.loadtest.run;

import org.jspecify.annotations.NullMarked;
