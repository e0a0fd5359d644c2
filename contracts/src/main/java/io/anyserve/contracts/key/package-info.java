/**
 * API keys as the log holds them: whose they are, what they open, and the hashes of their secrets.
 */
@NullMarked
package io.anyserve.contracts.key;

import org.jspecify.annotations.NullMarked;
