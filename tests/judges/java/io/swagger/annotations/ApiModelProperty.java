package io.swagger.annotations;

/** What members of generated models are marked with; Debian has no package of it. It changes nothing of what they do. */
public @interface ApiModelProperty {
    String value() default "";

    String example() default "";

    boolean required() default false;

    boolean readOnly() default false;
}
