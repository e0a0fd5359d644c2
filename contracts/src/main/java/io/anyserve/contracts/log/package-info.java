/** Reading and writing the log: client settings, reading a range back, following a topic. */
@NullMarked
package io.anyserve.contracts.log;

import org.jspecify.annotations.NullMarked;
