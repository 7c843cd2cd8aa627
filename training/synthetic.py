class SpeechWriter: pass
