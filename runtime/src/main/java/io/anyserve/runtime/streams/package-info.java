/** Applications of Kafka Streams: how they are set up, watched and started again. */
@NullMarked
package io.anyserve.runtime.streams;

import org.jspecify.annotations.NullMarked;
