/** The fault suite: seeded load, a schedule of faults, a checker over the topics, a report. */
@NullMarked
package io.anyserve.chaos;

import org.jspecify.annotations.NullMarked;
