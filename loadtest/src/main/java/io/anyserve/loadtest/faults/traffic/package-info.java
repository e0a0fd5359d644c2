/** The suite's clients: what they ask, how they bear with faults, and what they saw. */
@NullMarked
package io.anyserve.loadtest.faults.traffic;

import org.jspecify.annotations.NullMarked;
