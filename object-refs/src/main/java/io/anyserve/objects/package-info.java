/** Payloads that are too large for a record: kept in an S3 store, named by an object reference. */
@NullMarked
package io.anyserve.objects;

import org.jspecify.annotations.NullMarked;
