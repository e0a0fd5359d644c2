/** The services under an authoriser of Kafka. */
@NullMarked
package io.anyserve.standalone.acl;

import org.jspecify.annotations.NullMarked;
