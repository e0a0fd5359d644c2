/** Who calls: API keys and the tenant behind them, for every service that answers callers. */
@NullMarked
package io.anyserve.runtime.auth;

import org.jspecify.annotations.NullMarked;
