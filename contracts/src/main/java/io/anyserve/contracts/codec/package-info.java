/**
 * The one place that turns domain records into protobuf and back. Reading is strict: whatever does
 * not make a valid record throws {@link io.anyserve.contracts.codec.MalformedRecordException}.
 */
@NullMarked
package io.anyserve.contracts.codec;

import org.jspecify.annotations.NullMarked;
