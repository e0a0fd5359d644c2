/** Commands about usage, the ledger and prices. */
@NullMarked
package io.anyserve.cli.usage;

import org.jspecify.annotations.NullMarked;
