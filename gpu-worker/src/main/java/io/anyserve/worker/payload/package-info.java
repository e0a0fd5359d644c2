/** What the worker needs of the object store. */
@NullMarked
package io.anyserve.worker.payload;

import org.jspecify.annotations.NullMarked;
