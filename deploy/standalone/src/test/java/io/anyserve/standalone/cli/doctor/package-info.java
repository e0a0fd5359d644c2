@NullMarked
package io.anyserve.standalone.cli.doctor;

import org.jspecify.annotations.NullMarked;
