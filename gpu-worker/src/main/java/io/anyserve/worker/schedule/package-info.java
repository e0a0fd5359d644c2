/**
 * One thread's work: sequences in, engine steps, events out. No clock, thread or log of its own.
 */
@NullMarked
package io.anyserve.worker.schedule;

import org.jspecify.annotations.NullMarked;
