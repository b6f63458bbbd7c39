"""DPMSolverMultistepInverseScheduler goes from data to noise; with use_flow_sigmas its grid goes the other way."""
from diffusers import DPMSolverMultistepInverseScheduler
for options in ({}, {"use_karras_sigmas": True}, {"use_flow_sigmas": True}):
    scheduler = DPMSolverMultistepInverseScheduler(**options)
    scheduler.set_timesteps(5)
    print(options, "sigmas", [round(s, 4) for s in scheduler.sigmas.tolist()], "timesteps", scheduler.timesteps.tolist())
