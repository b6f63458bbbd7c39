(* Averages and covariances under weights, and their derivative when the weights depend on the variable. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation.
Open Scope R_scope.

Section Average.
Variable n : nat.
Definition average (w F : nat -> R) : R := sumn n (fun k => w k * F k) / sumn n w.
Definition covariance (w F G : nat -> R) : R :=
  average w (fun k => F k * G k) - average w F * average w G.

Lemma average_plus w F G : sumn n w <> 0 ->
  average w (fun k => F k + G k) = average w F + average w G.
Proof.
  intros H. unfold average. rewrite <- Rdiv_plus_distr, <- sumn_plus. f_equal.
  apply sumn_ext; intros; ring.
Qed.

Lemma average_scal w c F : average w (fun k => c * F k) = c * average w F.
Proof.
  unfold average, Rdiv. rewrite <- Rmult_assoc, <- sumn_scal. f_equal. apply sumn_ext; intros; ring.
Qed.

Lemma average_const w c : sumn n w <> 0 -> average w (fun _ => c) = c.
Proof.
  intros H. unfold average.
  rewrite (sumn_ext n _ (fun k => c * w k)) by (intros; ring). rewrite sumn_scal. now field.
Qed.

Lemma average_ext w F G : (forall k, (k < n)%nat -> F k = G k) -> average w F = average w G.
Proof. intros H. unfold average. f_equal. apply sumn_ext. intros k Hk. now rewrite H. Qed.

Lemma covariance_ext w F F' G : (forall k, (k < n)%nat -> F k = F' k) ->
  covariance w F G = covariance w F' G.
Proof.
  intros H. unfold covariance. rewrite (average_ext w F F' H). f_equal.
  apply average_ext. intros k Hk. now rewrite H.
Qed.

Lemma covariance_sym w F G : covariance w F G = covariance w G F.
Proof.
  unfold covariance. rewrite (average_ext w (fun k => F k * G k) (fun k => G k * F k)) by (intros; ring). ring.
Qed.

Lemma covariance_affine w c b F G : sumn n w <> 0 ->
  covariance w (fun k => c + b * F k) G = b * covariance w F G.
Proof.
  intros H. unfold covariance.
  rewrite (average_ext w (fun k => (c + b * F k) * G k) (fun k => c * G k + b * (F k * G k)))
    by (intros; ring).
  rewrite (average_plus w (fun k => c * G k) (fun k => b * (F k * G k)) H).
  rewrite (average_plus w (fun _ => c) (fun k => b * F k) H).
  rewrite !average_scal, average_const by easy. ring.
Qed.

(* Weights with d/dy w_k = -w_k g_k:  d/dy <F> = <dF> - Cov(F, g). *)
Theorem average_derivative (w F : nat -> R -> R) (g dF : nat -> R) (y : R) :
  (forall k, (k < n)%nat -> is_derive (w k) y (- (w k y * g k))) ->
  (forall k, (k < n)%nat -> is_derive (F k) y (dF k)) ->
  sumn n (fun k => w k y) <> 0 ->
  is_derive (fun z => average (fun k => w k z) (fun k => F k z)) y
    (average (fun k => w k y) dF - covariance (fun k => w k y) (fun k => F k y) g).
Proof.
  intros Hw HF H0. unfold covariance, average. eapply is_derive_eq.
  - apply (is_derive_div (fun z => sumn n (fun k => w k z * F k z)) (fun z => sumn n (fun k => w k z))).
    + apply (is_derive_sumn n (fun k z => w k z * F k z)
        (fun k => - (w k y * g k) * F k y + w k y * dF k)).
      intros k Hk. apply is_derive_product; [now apply Hw|now apply HF].
    + apply (is_derive_sumn n w (fun k => - (w k y * g k))). exact Hw.
    + exact H0.
  - rewrite sumn_plus.
    rewrite (sumn_ext n (fun k => - (w k y * g k) * F k y) (fun k => - (w k y * (F k y * g k))))
      by (intros; ring).
    rewrite !sumn_opp. field. exact H0.
Qed.
End Average.
