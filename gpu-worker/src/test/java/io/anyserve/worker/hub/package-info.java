/** Tests of downloads from a hub. */
@NullMarked
package io.anyserve.worker.hub;

import org.jspecify.annotations.NullMarked;
