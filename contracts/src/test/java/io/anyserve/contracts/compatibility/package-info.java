/** Today's messages against those of earlier versions: descriptors, records, API messages. */
@NullMarked
package io.anyserve.contracts.compatibility;

import org.jspecify.annotations.NullMarked;
