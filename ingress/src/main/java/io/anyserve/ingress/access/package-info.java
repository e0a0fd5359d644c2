/**
 * Who may call and how often, whatever the protocol: keys, limits of calls, hosts and origins, and
 * the audit log of refusals.
 */
@NullMarked
package io.anyserve.ingress.access;

import org.jspecify.annotations.NullMarked;
