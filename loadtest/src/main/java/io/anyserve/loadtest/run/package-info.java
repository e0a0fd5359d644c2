/** Runs a scenario: sends requests when they are due and times what comes back. */
@NullMarked
package io.anyserve.loadtest.run;

import org.jspecify.annotations.NullMarked;
