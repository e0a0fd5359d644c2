/**
 * The intake topology: submissions are parsed, checked, deduplicated and routed to a capability.
 */
@NullMarked
package io.anyserve.router.intake;

import org.jspecify.annotations.NullMarked;
