/** The suite's clients: what they ask, how they bear with faults, and what they saw. */
@NullMarked
package io.anyserve.chaos.client;

import org.jspecify.annotations.NullMarked;
