/** Reading and writing the log: client settings, reading a range back, following a topic. */
@NullMarked
package io.anyserve.runtime.kafka;

import org.jspecify.annotations.NullMarked;
