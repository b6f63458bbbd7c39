# The exact field of two Gaussians, by the C interface: the program of Examples/c/fields.c in Julia.
#
#   julia fields.jl LIBRARY          (LIBRARY is libflowref-native.so of `make python`)

using Libdl, Printf

const LIBRARY = dlopen(abspath(ARGS[1]))
symbol(name) = dlsym(LIBRARY, name)
text(pointer) = unsafe_string(pointer)

# flowref_error: a code, 124 bytes for the field and 896 for the message, each text ended by a NUL.
mutable struct Failure
    code::Int32
    field::NTuple{124,UInt8}
    message::NTuple{896,UInt8}
    Failure() = new(0, ntuple(_ -> 0x00, 124), ntuple(_ -> 0x00, 896))
end

words(bytes) = String(collect(Iterators.takewhile(!=(0x00), bytes)))

struct Refusal <: Exception
    code::String
    field::String
    message::String
end

"Throws what a call has said, unless it went well."
function check(code::Int32, failure::Failure)
    code == 0 && return
    name = text(ccall(symbol(:flowref_code_name), Cstring, (Int32,), code))
    throw(Refusal(name, words(failure.field), words(failure.message)))
end

"An object of the library, freed with this one."
mutable struct Handle
    pointer::Ptr{Cvoid}
    function Handle(pointer, free)
        handle = new(pointer)
        finalizer(one -> ccall(free, Cvoid, (Ptr{Cvoid},), one.pointer), handle)
    end
end

function path(json)
    place, failure = Ref{Ptr{Cvoid}}(), Failure()
    check(ccall(symbol(:flowref_path_create), Int32, (Cstring, Ref{Ptr{Cvoid}}, Ref{Failure}), json, place, failure), failure)
    Handle(place[], symbol(:flowref_path_free))
end

"`means` has a column for each component: columns here are rows of the library."
function mixture(means::Matrix{Float64}, std::Float64, weights::Vector{Float64})
    place, failure = Ref{Ptr{Cvoid}}(), Failure()
    check(ccall(symbol(:flowref_target_mixture), Int32,
            (Csize_t, Csize_t, Ptr{Float64}, Ref{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}, Ref{Ptr{Cvoid}}, Ref{Failure}),
            size(means, 1), size(means, 2), means, std, 1, weights, C_NULL, place, failure), failure)
    Handle(place[], symbol(:flowref_target_free))
end

function field(path::Handle, target::Handle)
    place, failure = Ref{Ptr{Cvoid}}(), Failure()
    GC.@preserve path target check(ccall(symbol(:flowref_field_create), Int32,
            (Ptr{Cvoid}, Ptr{Cvoid}, Ref{Ptr{Cvoid}}, Ref{Failure}), path.pointer, target.pointer, place, failure), failure)
    Handle(place[], symbol(:flowref_field_free))
end

"A quantity at points, which are columns; a time for all or one for each. A column for each point."
function evaluate(field::Handle, quantity, times::Vector{Float64}, points::Matrix{Float64})
    width, failure = Ref{Csize_t}(), Failure()
    GC.@preserve field begin
        check(ccall(symbol(:flowref_field_width), Int32, (Ptr{Cvoid}, Cstring, Ref{Csize_t}, Ref{Failure}),
                field.pointer, quantity, width, failure), failure)
        result = Matrix{Float64}(undef, width[], size(points, 2))
        check(ccall(symbol(:flowref_field_values), Int32,
                (Ptr{Cvoid}, Cstring, Ptr{Float64}, Csize_t, Int32, Ptr{Float64}, Csize_t, Ptr{Float64}, Ptr{Cvoid}, Ref{Failure}),
                field.pointer, quantity, times, length(times), 0, points, size(points, 2), result, C_NULL, failure), failure)
        result
    end
end

function main()
    println("flowref ", text(ccall(symbol(:flowref_version), Cstring, ())))
    points = [0.2 1.5; -0.1 0.7]
    law = field(path("""{"kind":"ot"}"""), mixture([-2.0 2.0; 0.0 0.0], 0.5, [1.0, 3.0]))
    velocities = evaluate(law, "marginal_velocity", [0.5], points)
    densities = evaluate(law, "marginal_log_density", [0.5, 0.25], points)
    for k in 1:2
        @printf("u = (%.17g, %.17g), log p = %.17g\n", velocities[1, k], velocities[2, k], densities[k])
    end
    try
        evaluate(law, "marginal_velocity", [1.5], points)
    catch refusal
        refusal isa Refusal || rethrow()
        println("$(refusal.code) ($(refusal.field)): $(refusal.message)")
    end
end

main()
