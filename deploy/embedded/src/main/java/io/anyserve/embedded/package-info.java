/** A Kafka broker and an S3 store inside this process, for standalone runs and for tests. */
@NullMarked
package io.anyserve.embedded;

import org.jspecify.annotations.NullMarked;
